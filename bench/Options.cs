using ServiceDesk.Bench.Cases;

namespace ServiceDesk.Bench;

/// <summary>The command line; scripts/bench.sh --help explains it.</summary>
/// <param name="Case">The only case to run, or null for all.</param>
/// <param name="Quick">Small sizes.</param>
/// <param name="Results">The folder for the written report.</param>
internal sealed record Options(string? Case, bool Quick, string Results)
{
    public Sizes Sizes => Quick ? Sizes.Quick : Sizes.Full;

    /// <summary>Where the report goes. Only a complete run replaces the published figures.</summary>
    public string ReportFile(bool isComplete) => Path.Combine(
        Results,
        $"latest{(Case is null ? "" : $"-{Case}")}{(Quick ? "-quick" : "")}{(isComplete ? "" : "-incomplete")}.md");

    /// <exception cref="BenchException">An argument is unknown, or lacks its value.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options(null, Quick: false, "bench/results");
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--case" when i + 1 < args.Length && BenchCases.Names.Contains(args[i + 1]) =>
                    options with { Case = args[++i] },
                "--case" => throw new BenchException($"--case: expected one of {string.Join(", ", BenchCases.Names)}"),
                "--results" when i + 1 < args.Length => options with { Results = args[++i] },
                var unknown =>
                    throw new BenchException($"{unknown}: unknown, or without its value; see scripts/bench.sh --help"),
            };
        }

        return options;
    }
}
