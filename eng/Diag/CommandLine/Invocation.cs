namespace Diag.CommandLine;

/// <summary>What a command gets: its arguments, the settings, where to print, and when to stop.</summary>
internal sealed record Invocation(
    Arguments Arguments, DiagSettings Settings, TextWriter Output, CancellationToken Cancelled)
{
    public string Topic(int word) => Arguments.Words.Count > word ? Arguments.Words[word] : Settings.Topic;

    public Task PrintAsync(string line) => Output.WriteLineAsync(line.AsMemory(), Cancelled);

    public Task PrintAsync(Table table) => Output.WriteAsync(table.ToString().AsMemory(), Cancelled);
}
