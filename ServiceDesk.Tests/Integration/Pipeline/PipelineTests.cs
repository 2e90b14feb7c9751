using System.Text;
using System.Text.Json;
using ServiceDesk.Tests.Contracts;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Pipeline;

/// <summary>The whole system, each service a process of its own.</summary>
public sealed class PipelineTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private const int Tickets = 500;

    /// <summary>Every second ticket is changed, and every fourth twice.</summary>
    private const int Changes = Tickets + (Tickets / 2) + (Tickets / 4);

    private static readonly string[] Statuses = ["in_progress", "closed"];

    [Fact]
    public async Task Every_change_of_500_tickets_is_published_in_order_and_has_its_effect_exactly_once()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 4);
        var services = await Task.WhenAll(
            system.StartTicketApiAsync(),
            system.StartRelayAsync(), system.StartRelayAsync(),
            system.StartNotifierAsync(), system.StartNotifierAsync());
        var api = new TicketClient(services[0].Http);

        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, Tickets, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            var answer = await api.PostAsync(
                new { title = $"Ticket {number}" }, ("X-Request-Id", $"pipeline-{number}"));
            Assert.Equal(201, answer.Status);
            acknowledged.Add(answer.TextOf("id"));
            foreach (var status in Statuses.Take(number % 4 == 0 ? 2 : number % 2 == 0 ? 1 : 0))
            {
                var changed = await api.ChangeStatusAsync(
                    answer.TextOf("id"), status, ("X-Request-Id", $"pipeline-{number}"));
                Assert.Equal(200, changed.Status);
            }
        });

        await system.Database.AllAreSentAsync(Changes, TimeSpan.FromSeconds(60));
        await system.Database.ProcessedBecomesAsync($"done={Changes}", TimeSpan.FromSeconds(60));

        await DatabaseIsConsistentAsync(system.Database, acknowledged);
        await TopicHoldsEveryEventInOrderAsync(system);
        Assert.Empty(await system.DeadLetters.ReadAllAsync());
        await RequestIdReachedTheLogAsync(services[3..], "pipeline-0", events: 3);

        Assert.All(await Task.WhenAll(services.Select(s => s.StopAsync(TimeSpan.FromSeconds(10)))), exit =>
            Assert.Equal(0, exit));
        Assert.All(services, service => Assert.Empty(service.Output.Errors));
        Assert.Equal($"sent={Changes}", await system.Database.StatusesAsync());
    }

    /// <summary>A ticket for each 201, an event for each version, one processed id and effect for each event.</summary>
    private static async Task DatabaseIsConsistentAsync(TestDatabase database, IReadOnlyCollection<string> acknowledged)
    {
        Assert.Equal(
            acknowledged.Order(),
            await database.RowsAsync(row => row.GetGuid(0).ToString(), "SELECT id FROM tickets ORDER BY id::text"));
        Assert.Equal(0, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM tickets t
            WHERE t.version <> (SELECT count(*) FROM outbox o WHERE o.aggregate_id = t.id)
               OR t.version <> (SELECT count(DISTINCT (o.payload->>'version')::int)
                                FROM outbox o WHERE o.aggregate_id = t.id)
               OR t.status <> (SELECT o.payload->>'status'
                               FROM outbox o WHERE o.aggregate_id = t.id AND o.payload ? 'status'
                               ORDER BY o.id DESC LIMIT 1)
            """));
        Assert.Equal(0, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM outbox o
            FULL JOIN processed_events p
              ON p.event_id = o.event_id AND p.event_type = o.event_type AND p.aggregate_id = o.aggregate_id
            FULL JOIN notifications n ON n.event_id = o.event_id AND n.ticket_id = o.aggregate_id
            WHERE o.id IS NULL OR p.event_id IS NULL OR n.id IS NULL OR o.attempts <> 1
            """));
    }

    private static async Task TopicHoldsEveryEventInOrderAsync(ServiceDeskSystem system)
    {
        var changes = await system.Database.RowsAsync(
            row => (Ticket: row.GetGuid(0).ToString(), Event: row.GetGuid(1).ToString()),
            "SELECT aggregate_id, event_id FROM outbox ORDER BY id");
        var messages = await system.Events.ReadAllAsync();
        var published = messages.ToLookup(
            m => Encoding.UTF8.GetString(m.Message.Key), m => TestTopic.Header(m, "event_id")!);

        Assert.All(changes.GroupBy(c => c.Ticket, c => c.Event), ticket =>
            Assert.Equal(ticket, published[ticket.Key].Distinct()));
        Assert.All(messages, m =>
        {
            EventDocuments.Fit(m);
            using var value = JsonDocument.Parse(m.Message.Value);
            Assert.Equal(TestTopic.Header(m, "event_id"), value.RootElement.GetProperty("event_id").GetString());
            Assert.StartsWith(
                "pipeline-", value.RootElement.GetProperty("request_id").GetString(), StringComparison.Ordinal);
        });
    }

    private static async Task RequestIdReachedTheLogAsync(
        IReadOnlyList<ServiceProcess> notifiers, string requestId, int events) =>
        await Eventually.SeesAsync($"{events} events with the request id in the log", () => Task.FromResult(notifiers
            .SelectMany(n => n.Log("Processed"))
            .SelectMany(line => RequestsIn(line.GetProperty("State")))
            .Count(id => id == requestId)), count => count == events);

    /// <summary>A line for each event, or for many of a backlog.</summary>
    private static string[] RequestsIn(JsonElement state) => state.TryGetProperty("request_ids", out var many)
        ? many.GetString()!.Split(' ')
        : [state.GetProperty("request_id").GetString()!];
}
