using System.Diagnostics;
using ServiceDesk.Bench.Measuring;

namespace ServiceDesk.Bench.Load;

/// <summary>A fixed number of connections, each sending its next request when the last one is answered.</summary>
internal static class ClosedLoop
{
    /// <param name="service">Where it is sent.</param>
    /// <param name="requestsOf">What a connection, counted from 0, sends in turns.</param>
    /// <param name="status">What every answer must have.</param>
    /// <param name="connections">How many.</param>
    /// <param name="length">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<LoadResult> RunAsync(
        Uri service, Func<int, IReadOnlyList<byte[]>> requestsOf, int status, int connections, TimeSpan length,
        CancellationToken cancellation)
    {
        var open = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(service, cancellation)));
        try
        {
            var started = Stopwatch.GetTimestamp();
            var loops = await Task.WhenAll(open.Select((connection, index) => Task.Run(
                () => LoopAsync(connection, requestsOf(index), status, started, length, cancellation), cancellation)));
            var elapsed = Stopwatch.GetElapsedTime(started);
            var all = new Latencies();
            Array.ForEach(loops, all.Add);
            return new LoadResult(all.Count / elapsed.TotalSeconds, all);
        }
        finally
        {
            Array.ForEach(open, connection => connection.Dispose());
        }
    }

    private static async Task<Latencies> LoopAsync(
        HttpConnection connection, IReadOnlyList<byte[]> requests, int status, long started, TimeSpan length,
        CancellationToken cancellation)
    {
        var latencies = new Latencies();
        for (var index = 0; Stopwatch.GetElapsedTime(started) < length; index++)
        {
            var sent = Stopwatch.GetTimestamp();
            var answered = await connection.SendAsync(requests[index % requests.Count], cancellation);
            latencies.Add(Stopwatch.GetElapsedTime(sent));
            if (answered != status)
            {
                throw new BenchException($"an answer with status {answered} instead of {status}");
            }
        }

        return latencies;
    }
}
