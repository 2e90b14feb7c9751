using System.Diagnostics;
using Npgsql;
using ServiceDesk.Events;
using ServiceDesk.Notifier;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;

namespace ServiceDesk.Bench.Baselines;

/// <summary>The notifier's own INSERT ... SELECT unnest, batch after batch, without Kafka.</summary>
internal static class InsertLoop
{
    public static async Task<TimeSpan> RunAsync(NpgsqlDataSource database, int count, CancellationToken cancellation)
    {
        var processed = new ProcessedEvents(database);
        var batches = Enumerable.Range(0, count).Select(_ => Event()).Chunk(new NotifierSettings().BatchSize).ToList();
        var started = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
        {
            await processed.ApplyAsync(batch, cancellation);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static TicketEvent Event() => new(
        Guid.CreateVersion7(), EventTypes.TicketStatusChanged, DateTimeOffset.UtcNow, "ticket", Guid.CreateVersion7(),
        "bench", $"{SampleTexts.Title}: open -> in_progress", default);
}
