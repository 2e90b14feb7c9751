namespace ServiceDesk.Settings;

/// <summary>How every program of the system ends.</summary>
public static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>A setting stopped the start; stderr has one line that names it.</summary>
    public const int BadSettings = 2;
}
