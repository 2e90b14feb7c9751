namespace ServiceDesk.Bench.Reporting;

/// <summary>What a figure has to reach.</summary>
/// <param name="AtLeast">Below it, something has to be explained.</param>
/// <param name="Reach">What is aimed at, if more than that.</param>
/// <param name="LessIsBetter">Whether both are upper bounds.</param>
internal sealed record Target(double AtLeast, double? Reach = null, bool LessIsBetter = false)
{
    /// <param name="value">What was measured.</param>
    /// <param name="unit">Behind the numbers.</param>
    public string Describe(double value, string unit)
    {
        var met = Passes(value, AtLeast) ? "met" : "MISSED";
        var aim = Reach is { } reach ? $", aim {Number(reach)}{unit}{(Passes(value, reach) ? " met" : "")}" : "";
        return $"{(LessIsBetter ? "<=" : ">=")} {Number(AtLeast)}{unit} {met}{aim}";
    }

    private bool Passes(double value, double bound) => LessIsBetter ? value <= bound : value >= bound;

    private static string Number(double number) => number.ToString("#,0.##", Text.Culture);
}
