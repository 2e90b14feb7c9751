using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Services;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Bench.Cases;

/// <summary>Joins what the generator, the database, the topic and the notifier's log know of every ticket, by
/// the request id.</summary>
internal sealed class Journeys
{
    private const string LogMessage = "\"Processed ";

    private readonly Pipeline _pipeline;
    private readonly Dictionary<string, DateTime> _published = [];
    private readonly Dictionary<string, DateTime> _logged = [];

    private Journeys(Pipeline pipeline) => _pipeline = pipeline;

    /// <summary>Whether the notifier logs each event; only it knows when a transaction ended.</summary>
    public bool AreLogged => _logged.Count > 0;

    public static async Task<Journeys> ReadAsync(BenchRun bench, Pipeline pipeline)
    {
        var journeys = new Journeys(pipeline);
        var count = await pipeline.System.Database.ScalarAsync<long>("SELECT count(*) FROM outbox", bench.Cancellation);
        await BareConsumer.ReadAsync(
            bench.Servers.Kafka, pipeline.System.Topic.Name, (int)count, journeys.SeeMessage, bench.Cancellation);
        journeys.SeeLog(pipeline.Notifier);
        return journeys;
    }

    /// <param name="name">The beginning of the measurement's request ids.</param>
    /// <param name="requests">Its requests.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<IReadOnlyList<Journey>> OfAsync(
        string name, IEnumerable<TimedRequest> requests, CancellationToken cancellation)
    {
        var sent = requests.ToDictionary(r => r.Id);
        var journeys = new List<Journey>(sent.Count);
        await using var query = _pipeline.System.Database.Source.CreateCommand(SampleSql.Stations);
        query.Parameters.Add(new() { Value = name });
        await using var row = await query.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var id = row.GetString(0);
            journeys.Add(new Journey(
                sent[id].Scheduled, sent[id].Answered, row.GetDateTime(1), _published[id], row.GetDateTime(2),
                _logged.TryGetValue(id, out var logged) ? logged : row.GetDateTime(3)));
        }

        return journeys.Count == sent.Count
            ? journeys
            : throw new BenchException($"{sent.Count} tickets were posted, {journeys.Count} were processed");
    }

    /// <summary>The first one counts: an event may be in the topic twice.</summary>
    private void SeeMessage(ConsumeResult<byte[], byte[]> message)
    {
        if (EventReader.Read(message).Event?.RequestId is { } id)
        {
            _published.TryAdd(id, message.Message.Timestamp.UtcDateTime);
        }
    }

    private void SeeLog(ServiceRun notifier)
    {
        foreach (var line in notifier.LogLines().Where(l => l.Contains(LogMessage, StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("State").TryGetProperty("request_id", out var id)
                && id.GetString() is { } requestId)
            {
                _logged.TryAdd(requestId, json.RootElement.GetProperty("Timestamp").GetDateTime());
            }
        }
    }
}
