using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Observability;

/// <summary>All services, with some of everything behind them: work, a duplicate, a poison event, a bad
/// request.</summary>
public sealed class ObservedSystem : IAsyncLifetime
{
    private readonly ServersFixture _servers = new();

    internal ServiceDeskSystem System { get; private set; } = null!;

    /// <summary>By the job that Prometheus scrapes it as.</summary>
    internal IReadOnlyDictionary<string, ServiceProcess> Services { get; private set; } =
        new Dictionary<string, ServiceProcess>();

    internal TicketClient Api => new(Services["ticket-api"].Http);

    public async Task InitializeAsync()
    {
        await _servers.InitializeAsync();
        System = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        Services = new Dictionary<string, ServiceProcess>
        {
            ["ticket-api"] = await System.StartTicketApiAsync(),
            ["outbox-relay"] = await System.StartRelayAsync(),
            ["notifier"] = await System.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1")),
        };
        await WorkAsync(expected: 2);
    }

    public async Task DisposeAsync()
    {
        if (System is not null)
        {
            await System.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }

    /// <summary>A ticket that is made, changed and read, and one that is refused.</summary>
    internal async Task WorkAsync(int expected)
    {
        var id = await Api.CreateAsync();
        await Api.ChangeStatusAsync(id, "closed");
        await Api.GetAsync($"/tickets/{id}");
        await Api.PostAsync(new { title = "" });
        await System.Database.ProcessedBecomesAsync($"done={expected}");
    }

    internal Task PoisonAsync() =>
        System.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), Guid.CreateVersion7()));

    internal async Task<IReadOnlyList<MetricsPage>> MetricsAsync() =>
        await Task.WhenAll(Services.Values.Select(s => s.MetricsAsync()));
}
