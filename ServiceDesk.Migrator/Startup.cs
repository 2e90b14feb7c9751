namespace ServiceDesk.Migrator;

/// <summary>Waits for a server that is still coming up: bounded, and saying so.</summary>
internal static class Startup
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <exception cref="MigrationException">It did not come up in time, or refuses for good.</exception>
    public static async Task WaitAsync(
        string server, TimeSpan limit, Predicate<Exception> canPass, Func<Task> attempt,
        CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var reported = false; ; reported = true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                if (!canPass(failure) || TimeProvider.System.GetElapsedTime(started) > limit)
                {
                    throw new MigrationException($"{server} is not usable: {failure.Message}", failure);
                }

                if (!reported)
                {
                    Report.Progress($"waiting up to {limit.TotalSeconds:0} s for {server}: {failure.Message}");
                }

                await Task.Delay(Interval, cancellation);
            }
        }
    }
}
