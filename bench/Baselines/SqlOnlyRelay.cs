using Npgsql;
using ServiceDesk.OutboxRelay;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.Bench.Baselines;

/// <summary>The relay's own claim and mark without Kafka, always with up to BatchesInFlight batches under way: about
/// the upper bound for one relay on this database.</summary>
internal static class SqlOnlyRelay
{
    public static async Task DrainAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var settings = new RelaySettings();
        var outbox = new OutboxStore(database);
        var pace = new Pace(settings.BatchSize, settings.BatchesInFlight);
        var underWay = new List<Task>();
        while (true)
        {
            while (underWay.Count >= settings.BatchesInFlight)
            {
                await FinishOneAsync(underWay);
            }

            var batch = await outbox.ClaimAsync(pace.BatchSize, cancellation);
            pace.Claimed(batch.HasMore);
            if (batch.Events.Count > 0)
            {
                underWay.Add(outbox.MarkSentAsync(batch.Token, [.. batch.Events.Select(e => e.Id)], cancellation));
            }
            else if (underWay.Count > 0)
            {
                // What is left belongs to tickets that have an event in flight.
                await FinishOneAsync(underWay);
            }
            else
            {
                return;
            }
        }
    }

    private static async Task FinishOneAsync(List<Task> underWay)
    {
        var finished = await Task.WhenAny(underWay);
        underWay.Remove(finished);
        await finished;
    }
}
