namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>What a caller was told about a change it asked for.</summary>
internal enum Outcome
{
    Acknowledged,

    /// <summary>A clear no: it must not have happened.</summary>
    Refused,

    /// <summary>The connection was lost, or the answer was a 5xx: it may have happened once, or not at all.</summary>
    Unknown,
}
