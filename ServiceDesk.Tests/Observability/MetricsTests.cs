using System.Text.RegularExpressions;
using Npgsql;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Observability;

public sealed class MetricsTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    private const int Waiting = 60;

    [Fact]
    public async Task The_lag_is_right_from_the_first_assignment_on()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 3);
        await system.Events.WriteAsync([.. Enumerable.Range(0, Waiting).Select(_ =>
            TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7()))]);

        await using var connection = await system.Database.Source.OpenConnectionAsync();
        await using var held = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        // One event is under way and one read behind it: partitions without either have had no message at all.
        var patient = $"{PostgresUrl.ToConnectionString(system.Database.Url)};Command Timeout=300";
        var notifier = await system.StartNotifierAsync(
            ("Notifier__BatchSize", "1"), ("ConnectionStrings__servicedesk", patient));

        await Eventually.SeesAsync(
            "the lag of all that waits", notifier.MetricsAsync, m => m.Sum("notify_lag") == Waiting - 2);
    }

    [Fact]
    public async Task The_last_sent_and_processed_event_have_their_time_and_0_before()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var (relay, notifier) = (await system.StartRelayAsync(), await system.StartNotifierAsync());
        Assert.Equal(0, (await relay.MetricsAsync()).Sum("outbox_last_sent_timestamp"));
        Assert.Equal(0, (await notifier.MetricsAsync()).Sum("notify_last_processed_unix"));
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=1");

        // A scrape may fall between two of the figures of one event, so each waits for the last of them.
        var sent = await Eventually.SeesAsync("the sent event", relay.MetricsAsync, m =>
            m.Sum("outbox_last_sent_timestamp") > 0 &&
            m.Sum("messaging_client_sent_messages_total", ("messaging_system", "kafka")) == 1);
        var processed = await Eventually.SeesAsync("the effect", notifier.MetricsAsync, m =>
            m.Sum("notify_last_processed_unix") > 0 &&
            m.Sum("messaging_client_consumed_messages_total", ("messaging_system", "kafka")) == 1 &&
            m.Sum("notify_end_to_end_seconds_count") == 1);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(sent.Sum("outbox_last_sent_timestamp")!.Value, before, now);
        Assert.InRange(processed.Sum("notify_last_processed_unix")!.Value, before, now);
        Assert.All(["0.001", "0.0025", "5", "60", "3600"], bound =>
            Assert.NotNull(processed.Sum("notify_end_to_end_seconds_bucket", ("le", bound))));
    }

    [Theory, InlineData("text/plain"), InlineData("application/openmetrics-text; version=1.0.0")]
    public async Task A_histogram_has_its_series_from_the_start_and_the_same_ones_afterwards(string format)
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var (relay, notifier) = (await system.StartRelayAsync(), await system.StartNotifierAsync());
        async Task<string[]> SeriesAsync(bool counted) =>
        [
            .. Histogram(await PageAsync(relay, format), "outbox_publish_duration_seconds", counted),
            .. Histogram(await PageAsync(notifier, format), "notify_end_to_end_seconds", counted),
        ];

        var before = await SeriesAsync(counted: false);
        Assert.Equal((16 + 1 + 2) + (18 + 1 + 2), before.Length);

        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=1");

        var after = await Eventually.SeesAsync(
            "both have counted", () => SeriesAsync(counted: true), series => series.Length >= before.Length);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Readiness_is_a_series_for_each_check()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var notifier = await system.StartNotifierAsync();

        await Eventually.SeesAsync("every check holds", notifier.MetricsAsync, metrics =>
            Array.TrueForAll(
                ["postgres", "kafka", "dead_letters"], check => metrics.Sum("service_ready", ("check", check)) == 1));
    }

    [Fact]
    public async Task An_effects_latency_leads_to_its_trace()
    {
        using var traces = new TraceCollector();
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var api = await system.StartTicketApiAsync(traces.Settings);
        await system.StartRelayAsync(traces.Settings);
        var notifier = await system.StartNotifierAsync(traces.Settings);

        await new TicketClient(api.Http).CreateAsync();

        var page = await Eventually.SeesAsync("the exemplar", () => OpenMetricsAsync(notifier), page =>
            Exemplar(page).Success);
        await Eventually.IsTrueAsync(
            "its trace", () => Task.FromResult(traces.Has(Exemplar(page).Groups[1].Value, "ticket-api")));
    }

    private static Match Exemplar(string page) =>
        Regex.Match(page, """^notify_end_to_end_seconds_bucket\{.*\} 1 # \{.*trace_id="([0-9a-f]{32})" """.Trim(),
            RegexOptions.Multiline | RegexOptions.CultureInvariant);

    private static Task<string> OpenMetricsAsync(ServiceProcess service) =>
        PageAsync(service, "application/openmetrics-text; version=1.0.0");

    private static async Task<string> PageAsync(ServiceProcess service, string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "metrics");
        request.Headers.TryAddWithoutValidation("Accept", format);
        using var answer = await service.Http.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(
            format.StartsWith("application", StringComparison.Ordinal),
            page.EndsWith("# EOF\n", StringComparison.Ordinal));
        return page;
    }

    /// <returns>The names and labels of its series, in order; none when the count is not as asked for.</returns>
    private static IEnumerable<string> Histogram(string page, string name, bool counted)
    {
        var lines = page.Split('\n').Where(l => Regex.IsMatch(l, $"^{name}_(bucket|sum|count)\\{{")).ToList();
        var count = lines.Single(l => l.StartsWith($"{name}_count", StringComparison.Ordinal));
        return count.EndsWith(" 0", StringComparison.Ordinal) == counted ? [] : lines.Select(l => l.Split("} ")[0]);
    }
}
