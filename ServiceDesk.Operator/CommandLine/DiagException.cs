namespace ServiceDesk.Operator.CommandLine;

/// <summary>An end of the command that a person can act on: one line, no stack trace. Scripts distinguish "not so" from
/// "could not look" by the exit code.</summary>
internal sealed class DiagException(int code, string message) : Exception(message)
{
    public const int NotFoundCode = 1;
    public const int UsageCode = 2;
    private const int UnavailableCode = 3;

    public int Code { get; } = code;

    public static DiagException Usage(string message) => new(UsageCode, message);

    public static DiagException NotFound(string message) => new(NotFoundCode, message);

    public static DiagException Unavailable(string message) => new(UnavailableCode, message);
}
