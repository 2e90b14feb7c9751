using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Services;

/// <summary>The services under measurement: native programs, as they are deployed.</summary>
internal static class ServicePrograms
{
    public const string TicketApi = "ServiceDesk.TicketApi";
    public const string OutboxRelay = "ServiceDesk.OutboxRelay";
    public const string Notifier = "ServiceDesk.Notifier";

    /// <exception cref="BenchException">It was not published.</exception>
    public static string PathOf(string project) => Programs.NativePathOf(project)
        ?? throw new BenchException(
            $"there is no native {project}; run this by scripts/bench.sh, which publishes the services");

    /// <returns>What a service takes on disk with its libraries, in bytes.</returns>
    public static long SizeOf(string project) =>
        new FileInfo(PathOf(project)).Directory!.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
}
