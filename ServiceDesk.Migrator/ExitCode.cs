namespace ServiceDesk.Migrator;

internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadSettings = 2;
}
