using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Notifying;

/// <summary>No message stops a partition: one too large for a dead letter gets a cut one.</summary>
public sealed class DeadLetterTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    /// <summary>As much as a client sends by default; with the headers of a dead letter it is more.</summary>
    private const int Most = 999_100;

    public static TheoryData<string, string> Huge =>
        new() { { "key", "key" }, { "header", "headers" }, { "headers", "headers" }, { "value", "value" } };

    [Theory]
    [MemberData(nameof(Huge))]
    public async Task A_message_that_fits_into_no_dead_letter_becomes_one_that_is_cut(string huge, string cut)
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);
        await system.Events.WriteAsync(Message(huge));
        await system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "After it"));

        await system.StartNotifierAsync();
        await system.Database.ProcessedBecomesAsync("done=1");

        var letter = Assert.Single(await system.DeadLetters.ReadAtLeastAsync(1));
        Assert.NotEmpty(TestTopic.Header(letter, $"dlq_cut_{cut}")!);
        Assert.Equal((system.Events.Name, "0", "0"), (
            TestTopic.Header(letter, "dlq_topic"), TestTopic.Header(letter, "dlq_partition"),
            TestTopic.Header(letter, "dlq_offset")));
    }

    [Fact]
    public async Task An_event_of_a_type_that_is_not_known_yet_says_so_to_programs()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);
        await system.Events.WriteAsync(
            TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), eventType: "ticket.deleted"));
        await system.Events.WriteAsync(TicketEvents.Message("key", "not json"));

        var notifier = await system.StartNotifierAsync();

        var letters = await system.DeadLetters.ReadAtLeastAsync(2);
        Assert.Equal(
            ["unknown_type", "unreadable"], letters.Select(letter => TestTopic.Header(letter, "dlq_code")).Order());
        var metrics = await notifier.MetricsAsync();
        Assert.Equal((1, 1), (
            metrics.Sum("notify_errors_total", ("reason", "unknown_type")),
            metrics.Sum("notify_errors_total", ("reason", "unreadable"))));
    }

    private static Message<byte[], byte[]> Message(string huge)
    {
        var headers = new Headers();
        if (huge == "header")
        {
            headers.Add("h", new byte[Most]);
        }

        if (huge == "headers")
        {
            Enumerable.Range(0, 9000).ToList().ForEach(i => headers.Add($"header {i:0000}", new byte[97]));
        }

        return new()
        {
            Key = huge == "key" ? new byte[Most + 750] : new byte[750],
            Value = huge == "value" ? new byte[Most] : [2],
            Headers = headers,
        };
    }
}
