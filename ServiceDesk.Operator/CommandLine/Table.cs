using System.Text;

namespace ServiceDesk.Operator.CommandLine;

/// <summary>Rows under a head, columns aligned: numbers to the right, everything else to the left.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(params object?[] cells) =>
        _rows.Add([.. cells.Select(cell => OneLine(Format.Cell(cell)))]);

    public override string ToString()
    {
        var text = new StringBuilder();
        var widths = head.Select((name, i) => _rows.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        var right = head.Select((_, i) => !IsEmpty && _rows.All(row => IsNumber(row[i]))).ToArray();
        foreach (var row in _rows.Prepend(head))
        {
            var cells = row.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }

    private static bool IsNumber(string cell) => cell == Format.None || cell.All(c => char.IsAsciiDigit(c) || c == '~');

    // A value from a message or an error may hold anything; in a table it takes one line and no terminal commands.
    private static string OneLine(string cell) =>
        cell.Any(char.IsControl) ? string.Concat(cell.Select(c => char.IsControl(c) ? ' ' : c)) : cell;
}
