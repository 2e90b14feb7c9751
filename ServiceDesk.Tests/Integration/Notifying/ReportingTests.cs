using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Notifying;

/// <summary>What the notifier tells of its work: spans and log lines.</summary>
public sealed class ReportingTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    /// <summary>More than arrive together unless there is a backlog.</summary>
    private const int Backlog = 100;

    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync() =>
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task A_span_says_what_was_processed_in_the_words_of_the_conventions_and_whether_it_failed()
    {
        using var traces = new TraceCollector();
        var (sound, poison) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _system.Events.WriteAsync(TicketEvents.Created(sound, Guid.CreateVersion7()));
        await _system.StartNotifierAsync([.. traces.Settings, ("NOTIFY_MAX_ATTEMPTS", "1")]);
        await _system.Database.ProcessedBecomesAsync("done=1");
        await _system.Events.WriteAsync(TicketEvents.Poison(poison, Guid.CreateVersion7()));

        var failed = await SpanAsync(traces, poison);
        var done = await SpanAsync(traces, sound);

        Assert.Equal((true, false), (failed.IsError, done.IsError));
        Assert.Equal($"process {_system.Events.Name}", done.Name);
        var expected = new Dictionary<string, string>
        {
            ["messaging.system"] = "kafka",
            ["messaging.operation.name"] = "process",
            ["messaging.operation.type"] = "process",
            ["messaging.consumer.group.name"] = _system.Settings["KAFKA_GROUP_ID"],
            ["messaging.destination.name"] = _system.Events.Name,
            ["messaging.destination.partition.id"] = "0",
            ["messaging.kafka.offset"] = "0",
            ["messaging.batch.message_count"] = "1",
        };
        Assert.All(expected, tag => Assert.Equal(tag.Value, done.Attributes.GetValueOrDefault(tag.Key)));
    }

    [Fact]
    public async Task A_backlog_is_logged_by_the_batch_and_each_of_its_events_at_level_debug()
    {
        await WriteBacklogAsync();
        var brief = await _system.StartNotifierAsync(("Notifier__MaxBatchAge", "00:00:03"));
        await brief.Output.LineAsync(
            "the batch", line => line.Contains($"Processed {Backlog} events of a backlog", StringComparison.Ordinal));
        Assert.Empty(brief.Log("Processed ticket.created"));
        var requests = brief.Log("Processed").Single().GetProperty("State").GetProperty("request_ids")
            .GetString()!.Split(' ');
        Assert.Equal(Enumerable.Range(0, Backlog).Select(n => $"backlog-{n}"), requests);
        await brief.StopAsync(TimeSpan.FromSeconds(10));

        await WriteBacklogAsync();
        var verbose = await _system.StartNotifierAsync(
            ("Notifier__MaxBatchAge", "00:00:03"), ("Logging__LogLevel__ServiceDesk.Notifier.Processing", "Debug"));
        await verbose.Output.LineAsync(
            "the batch", line => line.Contains($"Processed {Backlog} events of a backlog", StringComparison.Ordinal));
        Assert.Equal(Backlog, verbose.Log("Processed ticket.created").Count);
    }

    private Task WriteBacklogAsync() => _system.Events.WriteAsync(
        [.. Enumerable.Range(0, Backlog).Select(n => TicketEvents.Created(
            Guid.CreateVersion7(), Guid.CreateVersion7(), requestId: $"backlog-{n}"))]);

    private static async Task<ExportedSpan> SpanAsync(TraceCollector traces, Guid eventId) =>
        (await Eventually.SeesAsync(
            $"the span of event {eventId}",
            () => Task.FromResult(traces.Spans.FirstOrDefault(
                s => s.Attributes.GetValueOrDefault("messaging.message.id") == eventId.ToString())),
            span => span is not null))!;
}
