using System.Diagnostics;
using Xunit.Sdk;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Waits for a state that can only be looked at, with a deadline.</summary>
internal static class Eventually
{
    /// <summary>For what takes a moment on an idle machine, and must not fail on a busy one.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Looks until what it sees is wanted, and returns that.</summary>
    /// <exception cref="XunitException">It was not seen in time; the message tells what was seen last.</exception>
    public static async Task<T> SeesAsync<T>(
        string promise, Func<Task<T>> look, Predicate<T> wanted, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (wanted(seen))
            {
                return seen;
            }

            if (Stopwatch.GetElapsedTime(started) > (limit ?? Limit))
            {
                throw new XunitException($"Not in {limit ?? Limit}: {promise}. Seen last: {seen}");
            }

            await Task.Delay(Interval);
        }
    }

    public static Task IsTrueAsync(string promise, Func<Task<bool>> holds, TimeSpan? limit = null) =>
        SeesAsync(promise, holds, held => held, limit);
}
