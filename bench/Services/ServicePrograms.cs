using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Services;

/// <summary>The services under measurement: native programs, as they are deployed.</summary>
internal static class ServicePrograms
{
    public const string TicketApi = "ServiceDesk.TicketApi";
    public const string OutboxRelay = "ServiceDesk.OutboxRelay";
    public const string Notifier = "ServiceDesk.Notifier";

    /// <exception cref="BenchException">It was not published.</exception>
    public static string PathOf(string project) => Path.Combine(FolderOf(project), project) is var program && File.Exists(program)
        ? program
        : throw new BenchException($"there is no {program}; run this by scripts/bench.sh, which publishes the services");

    /// <returns>What a service takes on disk with its libraries, in bytes.</returns>
    public static long SizeOf(string project) =>
        new DirectoryInfo(FolderOf(project)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    private static string FolderOf(string project) => Path.Combine(Programs.PublishedFolder ?? "", project);
}
