using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Observability;

public sealed class BaggageTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    [Fact]
    public async Task The_baggage_of_a_request_is_in_its_event()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var api = new TicketClient((await system.StartTicketApiAsync()).Http);
        await system.StartRelayAsync();

        var created = await api.PostAsync(new { title = "With baggage" }, ("baggage", "tenant=blue,plan=a%20b"));
        await api.ChangeStatusAsync(created.TextOf("id"), "closed", ("baggage", "tenant=green"));
        await system.Database.AllAreSentAsync(2);

        Assert.Equal(
            ["tenant=blue,plan=a%20b", "tenant=green"],
            (await system.Events.ReadAllAsync())
                .OrderBy(m => JsonDocument.Parse(m.Message.Value).RootElement
                    .GetProperty("payload").GetProperty("version").GetInt32())
                .Select(m => string.Join(",", TestTopic.Header(m, "baggage")!.Replace(" ", "").Split(',')
                    .OrderDescending(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task The_longest_baggage_that_a_request_can_carry_keeps_no_ticket_back()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var api = new TicketClient((await system.StartTicketApiAsync()).Http);
        var members = Enumerable.Range(0, 200).Select(n => $"key{n:D3}={new string('x', 60)}");

        var created = await api.PostAsync(
            new { title = "Heavy" }, ("baggage", string.Join(",", members)), ("X-Request-Id", new string('r', 128)));

        Assert.Equal(201, created.Status);
        var stored = await system.Database.ScalarAsync<string>("SELECT headers->>'baggage' FROM outbox");
        Assert.InRange(stored.Length, 1, 6 * 1024);
    }
}
