namespace ServiceDesk.Bench.Cases;

/// <summary>All cases, in the order in which they run.</summary>
internal static class BenchCases
{
    private static readonly BenchCase[] All =
    [
        new("api", "how fast are tickets accepted and read", ApiCase.RunAsync),
        new("relay", "how fast does the outbox drain", RelayCase.RunAsync),
        new("notifier", "how fast does the topic drain", NotifierCase.RunAsync),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(c => c.Name)];

    /// <param name="name">Null for all of them.</param>
    public static IEnumerable<BenchCase> Select(string? name) => All.Where(c => name is null || c.Name == name);
}
