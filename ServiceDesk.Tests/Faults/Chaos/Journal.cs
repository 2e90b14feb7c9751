using System.Diagnostics;
using Xunit.Abstractions;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>What happened when, for the test's output and for a file that can be followed.</summary>
internal sealed class Journal(ITestOutputHelper output, string? file)
{
    private readonly Lock _gate = new();
    private readonly long _started = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public void Note(string text) => Print($"{Elapsed.TotalSeconds,6:0.0} s  {text}");

    public void Print(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            if (file is not null)
            {
                File.AppendAllText(file, line + Environment.NewLine);
            }
        }
    }
}
