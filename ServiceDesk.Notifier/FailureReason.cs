namespace ServiceDesk.Notifier;

/// <summary>Values of the label <c>reason</c>.</summary>
internal static class FailureReason
{
    public const string Unreadable = "unreadable";
    public const string UnknownType = "unknown_type";
    public const string Effect = "effect";
    public const string Database = "database";
    public const string DeadLetter = "dead_letter";

    public static readonly string[] All = [Unreadable, UnknownType, Effect, Database, DeadLetter];
}
