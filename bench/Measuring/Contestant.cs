namespace ServiceDesk.Bench.Measuring;

/// <summary>One of the things that are measured in turns.</summary>
/// <param name="Name">In progress lines.</param>
/// <param name="MeasureAsync">One measurement: how many per second.</param>
internal sealed record Contestant(string Name, Func<Task<double>> MeasureAsync);
