namespace Diag.CommandLine;

/// <summary>What the process tells its caller: scripts distinguish "not so" from "could not look".</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>What was asked for is not there, or did not come true in time.</summary>
    public const int NotFound = 1;

    public const int Usage = 2;

    /// <summary>A server is away or refused.</summary>
    public const int Unavailable = 3;
}
