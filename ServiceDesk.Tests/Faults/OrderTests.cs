using System.Globalization;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>P3: order per ticket, with any number of relays.</summary>
public sealed class OrderTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private const int Changes = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>FAULT_TICKETS=10000 is the size that this was written for; the default takes a few seconds.</summary>
    private static int Tickets { get; } =
        int.Parse(Environment.GetEnvironmentVariable("FAULT_TICKETS") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Two_relays_keep_the_order_of_every_ticket()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 12);
        // Small batches: more of them are under way at once.
        system.Settings["OutboxRelay__BatchSize"] = "50";
        var relays = await Task.WhenAll(system.StartRelayAsync(), system.StartRelayAsync());

        await SeededOutbox.AddAsync(system.Database, Tickets, Changes);
        await SeededOutbox.IsSettledAsync(system.Database, Limit);

        var published = await PublishedOrder.ReadAsync(system);
        published.HasNoInversion();
        published.IsComplete();
        published.HasNoDuplicate();
        Assert.Equal(Tickets * Changes, published.Messages.Count);
        foreach (var relay in relays)
        {
            Assert.True(
                (await relay.MetricsAsync()).Sum("outbox_published_total") > 0,
                "one relay did all the work, so nothing was shown");
        }
    }
}
