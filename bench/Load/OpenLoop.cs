using System.Diagnostics;
using System.Threading.Channels;

namespace ServiceDesk.Bench.Load;

/// <summary>POST /tickets at fixed times, however long the answers take. Latency counts from when a request was due, so
/// a stall shows in every request that it delayed.</summary>
internal static class OpenLoop
{
    private const int Connections = 128;

    /// <param name="service">The API.</param>
    /// <param name="name">The beginning of the request ids.</param>
    /// <param name="rate">Requests per second.</param>
    /// <param name="length">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Every request; each was answered with 201.</returns>
    public static async Task<IReadOnlyList<TimedRequest>> RunAsync(
        Uri service, string name, int rate, TimeSpan length, CancellationToken cancellation)
    {
        var open = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(_ => HttpConnection.OpenAsync(service, cancellation)));
        try
        {
            var due = Channel.CreateUnbounded<(string Id, DateTime Scheduled)>();
            var senders = open.Select(connection =>
                Task.Run(() => SendAsync(connection, service, due.Reader, cancellation), cancellation)).ToList();
            await Task.Factory.StartNew(
                () => Schedule(due.Writer, name, rate, (int)(rate * length.TotalSeconds), cancellation),
                cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return [.. (await Task.WhenAll(senders)).SelectMany(sent => sent)];
        }
        finally
        {
            Array.ForEach(open, connection => connection.Dispose());
        }
    }

    /// <summary>On a thread of its own: a timer of the thread pool would be late whenever the pool is busy.</summary>
    private static void Schedule(
        ChannelWriter<(string Id, DateTime Scheduled)> due, string name, int rate, int count,
        CancellationToken cancellation)
    {
        var began = DateTime.UtcNow;
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var at = TimeSpan.FromSeconds((double)i / rate);
            while (at - Stopwatch.GetElapsedTime(clock) is var left && left > TimeSpan.Zero)
            {
                // Whole milliseconds, rounded up: a shorter sleep would spin and take a core from the services.
                Thread.Sleep((int)Math.Ceiling(left.TotalMilliseconds));
            }

            cancellation.ThrowIfCancellationRequested();
            due.TryWrite(($"{name}-{i:000000}", began + at));
        }

        due.Complete();
    }

    private static async Task<List<TimedRequest>> SendAsync(
        HttpConnection connection, Uri service, ChannelReader<(string Id, DateTime Scheduled)> due,
        CancellationToken cancellation)
    {
        var sent = new List<TimedRequest>();
        await foreach (var (id, scheduled) in due.ReadAllAsync(cancellation))
        {
            var status = await connection.SendAsync(HttpRequests.CreateTicket(service, id), cancellation);
            sent.Add(status == 201
                ? new TimedRequest(id, scheduled, DateTime.UtcNow)
                : throw new BenchException($"an answer with status {status} instead of 201"));
        }

        return sent;
    }
}
