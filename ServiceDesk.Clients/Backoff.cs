namespace ServiceDesk.Clients;

/// <summary>Waits between attempts: doubling, bounded, and spread so that many clients do not return at once
/// ("full jitter" keeps at least half here, so that a first retry is never immediate).</summary>
public static class Backoff
{
    /// <param name="attempt">1 for the first wait.</param>
    /// <param name="first">Upper end of the first wait.</param>
    /// <param name="longest">Upper end of any wait.</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Min(attempt - 1, 30));
        var bound = doubled < longest ? doubled : longest;
        return bound * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
