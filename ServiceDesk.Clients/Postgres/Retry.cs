using System.Diagnostics;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Repeats work on the database that found its session dead, or lost a conflict, instead of failing a request.
/// A pool cannot know that the server, or a firewall, has ended an idle session; Npgsql empties it when the first one
/// fails.</summary>
public static class Retry
{
    private const int Attempts = 3;

    /// <summary>A dead session is noticed at once; what takes longer is an outage, and its caller has waited
    /// enough.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>For work that changes nothing, or that may happen twice without harm.</summary>
    public static Task<T> ReadAsync<T>(Func<Task<T>> work, CancellationToken cancellation) => RunAsync(
        work, failure => DatabaseFailure.IsUndone(failure) || DatabaseFailure.IsSessionLost(failure), cancellation);

    /// <param name="work">Takes a session of its own each time.</param>
    /// <param name="mayRepeat">Whether a failure left nothing behind that another attempt would double.</param>
    /// <param name="cancellation">Ends the waits between attempts.</param>
    public static async Task<T> RunAsync<T>(
        Func<Task<T>> work, Predicate<Exception> mayRepeat, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception failure) when (
                attempt < Attempts && mayRepeat(failure) && Stopwatch.GetElapsedTime(started) < Limit)
            {
                // Two that lost the same conflict must not meet again.
                await Task.Delay(Backoff.Delay(attempt, FirstPause, LongestPause), cancellation);
            }
        }
    }
}
