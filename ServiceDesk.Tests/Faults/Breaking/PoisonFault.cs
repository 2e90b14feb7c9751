using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Messages in the topic that nobody can process, among those of tickets.</summary>
/// <param name="holds">Whether some are to hold the later events of tickets that are being changed.</param>
internal sealed class PoisonFault(bool holds) : IFault
{
    private static readonly byte[][] Unreadable =
    [
        "{\"event_id\":\"0198"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(), [0xFF, 0xFE, 0x00, 0x80],
        "{\"event_type\":\"ticket.created\"}"u8.ToArray(), [],
    ];

    public string Name => "poison events";

    public FaultTargets Targets => FaultTargets.Topic;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var unreadable = Unreadable[random.Next(Unreadable.Length)];
        var (key, ticket, useless) = ($"poison-{Guid.NewGuid()}", Guid.NewGuid(), Guid.NewGuid());
        // Known before it can be seen.
        system.Planted.Enqueue(new Poison(key, null));
        system.Planted.Enqueue(new Poison(ticket.ToString(), useless));
        await system.Events.WriteDespiteFaultsAsync(
            Message(key, unreadable), Message(ticket.ToString(), WithoutTitle(useless, ticket)));
        return holds
            ? $"1 unreadable, 1 without a possible effect, {await PoisonTicketsAsync(system)} amid those of a ticket"
            : "1 unreadable, 1 without a possible effect";
    }

    private static async Task<int> PoisonTicketsAsync(ChaosSystem system)
    {
        List<Guid> tickets;
        try
        {
            tickets = await system.Database.RowsAsync(
                row => row.GetGuid(0), "SELECT id FROM tickets ORDER BY id DESC LIMIT 3");
        }
        catch (NpgsqlException)
        {
            // Another fault has taken the database away.
            return 0;
        }

        foreach (var ticket in tickets)
        {
            var useless = Guid.NewGuid();
            system.Planted.Enqueue(new Poison(ticket.ToString(), useless));
            await system.Events.WriteDespiteFaultsAsync(Message(ticket.ToString(), WithoutTitle(useless, ticket)));
        }

        return tickets.Count;
    }

    private static Message<byte[], byte[]> Message(string key, byte[] value) =>
        new() { Key = Encoding.UTF8.GetBytes(key), Value = value };

    private static byte[] WithoutTitle(Guid eventId, Guid ticket) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        event_id = eventId,
        event_type = "ticket.created",
        occurred_at = "2026-01-01T00:00:00Z",
        aggregate = "ticket",
        aggregate_id = ticket,
        payload = new { },
    });
}
