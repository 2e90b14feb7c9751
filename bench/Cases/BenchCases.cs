using Confluent.Kafka;
using Npgsql;

namespace ServiceDesk.Bench.Cases;

/// <summary>All cases, in the order in which they run.</summary>
internal static class BenchCases
{
    private static readonly BenchCase[] All =
    [
        new("api", "how fast are tickets accepted, changed and read", ApiCase.RunAsync),
        new("relay", "how fast does the outbox drain", RelayCase.RunAsync),
        new("profile", "where does the time of a drain go", ProfileCase.RunAsync),
        new("backlog", "does a long backlog drain as fast as a short one", BacklogCase.RunAsync),
        new("notifier", "how fast does the topic drain", NotifierCase.RunAsync),
        new("pipeline", "how much do all three do at once", PipelineCase.RunAsync),
        new("latency", "how long from a POST to its effect", LatencyCase.RunAsync),
        new("scale", "what would bound it on a larger machine", ScaleCase.RunAsync),
        new("cost", "what does each service take", CostCase.RunAsync),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(c => c.Name)];

    /// <param name="name">Null for all of them.</param>
    /// <param name="bench">The run.</param>
    /// <returns>Whether all of them finished; one that failed leaves a note, and the others their figures.</returns>
    public static async Task<bool> RunAsync(string? name, BenchRun bench)
    {
        var isComplete = true;
        foreach (var benchCase in All.Where(c => name is null || c.Name == name))
        {
            Console.WriteLine($"== {benchCase.Name}: {benchCase.Question}");
            try
            {
                await benchCase.RunAsync(bench);
            }
            catch (Exception failure) when (failure is BenchException or NpgsqlException or KafkaException)
            {
                isComplete = false;
                await Console.Error.WriteLineAsync($"error: {failure.Message}");
                bench.Report.Note($"{benchCase.Name}: broken off: {failure.Message.ReplaceLineEndings(" ")}");
            }
        }

        return isComplete;
    }
}
