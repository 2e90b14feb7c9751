namespace ServiceDesk.Bench.Cases;

/// <summary>One part of the benchmark.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Question">What it finds out.</param>
/// <param name="RunAsync">Measures, and adds figures to the report.</param>
internal sealed record BenchCase(string Name, string Question, Func<BenchRun, Task> RunAsync);
