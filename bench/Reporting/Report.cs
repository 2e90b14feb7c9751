using System.Text;

namespace ServiceDesk.Bench.Reporting;

/// <summary>All figures of a run, their conditions, and notes needed to read them.</summary>
internal sealed class Report(IReadOnlyList<(string Name, string Value)> conditions)
{
    private static readonly string[] Head = ["case", "figure", "measured", "compared", "target"];

    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    public void Add(Figure figure) => _figures.Add(figure);

    public void Note(string note) => _notes.Add(note);

    public string ToText()
    {
        string[][] rows = [Head, .. _figures.Select(Cells)];
        var widths = Head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(
            row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return string.Join(Environment.NewLine, lines.Concat(_notes.Select(note => $"- {note}")));
    }

    public void WriteTo(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, ToMarkdown());
    }

    private string ToMarkdown()
    {
        var text = new StringBuilder(
            "# Benchmark\n\nWritten by `make bench`; medians of several rounds, "
            + "ratios of adjacent measurements.\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in conditions)
        {
            text.Append(Text.Culture, $"| {name} | {value} |\n");
        }

        text.Append(
            Text.Culture,
            $"\n| {string.Join(" | ", Head)} |\n|{string.Concat(Enumerable.Repeat("---|", Head.Length))}\n");
        _figures.ForEach(figure => text.Append(Text.Culture, $"| {string.Join(" | ", Cells(figure))} |\n"));
        text.Append('\n');
        _notes.ForEach(note => text.Append(Text.Culture, $"- {note}\n"));
        return text.ToString();
    }

    private static string[] Cells(Figure figure) =>
        [figure.Case, figure.Name, figure.Value, figure.Comparison, figure.Target];
}
