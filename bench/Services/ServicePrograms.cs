using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Services;

/// <summary>The services under measurement, as they were built together with this program.</summary>
internal static class ServicePrograms
{
    public const string TicketApi = "ServiceDesk.TicketApi";
    public const string OutboxRelay = "ServiceDesk.OutboxRelay";
    public const string Notifier = "ServiceDesk.Notifier";

    public static string PathOf(string project) => Programs.PathOf(project);
}
