namespace ServiceDesk.Bench.Reporting;

/// <summary>One line of the table.</summary>
/// <param name="Case">The case it belongs to.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">What came out, with its unit.</param>
internal sealed record Figure(string Case, string Name, string Value)
{
    /// <summary>What was measured next to it, and how they compare.</summary>
    public string Comparison { get; init; } = "";

    /// <summary>What it has to reach, and whether it does.</summary>
    public string Target { get; init; } = "";

    /// <param name="ratio">To the baseline, adjacent in time.</param>
    /// <param name="baseline">Its name.</param>
    /// <param name="rate">What the baseline reached, per second.</param>
    /// <param name="target">What the ratio has to reach.</param>
    public Figure Beside(double ratio, string baseline, double rate, Target? target) => this with
    {
        Comparison = $"{Text.Ratio(ratio)} {baseline} ({Text.Rate(rate)})",
        Target = target?.Describe(ratio, " x") ?? "",
    };
}
