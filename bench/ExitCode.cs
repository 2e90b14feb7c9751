namespace ServiceDesk.Bench;

internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;

    /// <summary>As a shell reports a program that Ctrl-C ended.</summary>
    public const int Stopped = 130;
}
