namespace ServiceDesk.Bench.Services;

/// <summary>The services under measurement: published, as they are deployed, and not as they were built for the tests.</summary>
internal static class ServicePrograms
{
    public const string TicketApi = "ServiceDesk.TicketApi";
    public const string OutboxRelay = "ServiceDesk.OutboxRelay";
    public const string Notifier = "ServiceDesk.Notifier";

    public static string PathOf(string project) => Path.Combine(FolderOf(project).FullName, $"{project}.dll");

    /// <returns>What a service takes on disk with its libraries, in bytes; the runtime is not among them.</returns>
    public static long SizeOf(string project) => FolderOf(project).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    private static DirectoryInfo FolderOf(string project) => new(Path.Combine(
        Environment.GetEnvironmentVariable("PUBLISHED")
            ?? throw new BenchException("PUBLISHED is not set; run this by scripts/bench.sh, which publishes the services"),
        project));
}
