namespace ServiceDesk.Bench.Measuring;

/// <summary>Durations, every single one, so that percentiles are exact. Not for several threads at once.</summary>
internal sealed class Latencies
{
    private readonly List<TimeSpan> _all = [];

    public int Count => _all.Count;

    public TimeSpan Max => _all.Count == 0 ? TimeSpan.Zero : _all.Max();

    public void Add(TimeSpan latency) => _all.Add(latency);

    public void Add(Latencies others) => _all.AddRange(others._all);

    /// <summary>The shortest duration that at least this share of all did not exceed.</summary>
    /// <param name="percent">0 to 100.</param>
    public TimeSpan Percentile(double percent)
    {
        if (_all.Count == 0)
        {
            return TimeSpan.Zero;
        }

        _all.Sort();
        return _all[Math.Clamp((int)Math.Ceiling(percent / 100 * _all.Count) - 1, 0, _all.Count - 1)];
    }
}
