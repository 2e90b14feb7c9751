namespace ServiceDesk.Bench;

/// <summary>Something that whoever runs the benchmark has to know, and that is no bug of it.</summary>
internal sealed class BenchException(string message) : Exception(message);
