using System.Diagnostics;
using System.Net.Sockets;
using ServiceDesk.Bench.Measuring;

namespace ServiceDesk.Bench.Load;

/// <summary>A fixed number of connections, each sending its next request when the last one is answered. Two threads
/// wait for the answers of half of them each, as pgbench's do: tasks would take a switch of threads for every answer,
/// and the generator shares the measured machine.</summary>
internal static class ClosedLoop
{
    private const int Threads = 2;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

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
            var callers = open
                .Select((connection, index) => new Caller(connection, requestsOf(index), status)).ToList();
            var started = Stopwatch.GetTimestamp();
            var loops = await Task.WhenAll(callers.Chunk((connections + Threads - 1) / Threads).Select(share =>
                Task.Factory.StartNew(
                    () => Loop(share, started, length, cancellation), cancellation, TaskCreationOptions.LongRunning,
                    TaskScheduler.Default)));
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

    private static Latencies Loop(Caller[] callers, long started, TimeSpan length, CancellationToken cancellation)
    {
        var latencies = new Latencies();
        var waiting = callers.ToDictionary(caller => caller.Socket);
        Array.ForEach(callers, caller => caller.SendNext());
        var answered = new List<Socket>(callers.Length);
        while (waiting.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            answered.Clear();
            answered.AddRange(waiting.Keys);
            Socket.Select(answered, null, null, LongestAnswer);
            if (answered.Count == 0)
            {
                throw new BenchException($"no answer in {LongestAnswer.TotalSeconds:0} s");
            }

            foreach (var socket in answered)
            {
                var caller = waiting[socket];
                if (caller.TryReceive() is not { } latency)
                {
                    continue;
                }

                latencies.Add(latency);
                if (Stopwatch.GetElapsedTime(started) < length)
                {
                    caller.SendNext();
                }
                else
                {
                    waiting.Remove(socket);
                }
            }
        }

        return latencies;
    }

    private sealed class Caller(HttpConnection connection, IReadOnlyList<byte[]> requests, int status)
    {
        private int _next;
        private long _sent;

        public Socket Socket => connection.Socket;

        public void SendNext()
        {
            _sent = Stopwatch.GetTimestamp();
            connection.Send(requests[_next++ % requests.Count]);
        }

        /// <returns>How long the answer took; null while it is not complete.</returns>
        public TimeSpan? TryReceive() => connection.TryReceive() switch
        {
            null => null,
            { } answered when answered == status => Stopwatch.GetElapsedTime(_sent),
            { } other => throw new BenchException($"an answer with status {other} instead of {status}"),
        };
    }
}
