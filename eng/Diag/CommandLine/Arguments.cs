using System.Globalization;

namespace Diag.CommandLine;

/// <summary>The words and options after the verb, checked against what the verb knows.</summary>
internal sealed class Arguments
{
    private readonly List<string> _words = [];
    private readonly List<KeyValuePair<string, string>> _values = [];
    private readonly HashSet<string> _flags = [];

    private Arguments()
    {
    }

    public IReadOnlyList<string> Words => _words;

    public static Arguments Parse(Command command, ReadOnlySpan<string> raw)
    {
        var arguments = new Arguments();
        for (var i = 0; i < raw.Length; i++)
        {
            var parts = raw[i].Split('=', 2);
            if (!raw[i].StartsWith("--", StringComparison.Ordinal))
            {
                arguments._words.Add(raw[i]);
            }
            else if (command.Flags.Contains(raw[i]))
            {
                arguments._flags.Add(raw[i]);
            }
            else if (command.Values.Contains(parts[0]))
            {
                var value = parts.Length == 2 ? parts[1]
                    : ++i < raw.Length ? raw[i]
                    : throw DiagException.Usage($"{parts[0]} needs a value");
                arguments._values.Add(new(parts[0], value));
            }
            else
            {
                throw DiagException.Usage($"{command.Verb}: unknown option {parts[0]}");
            }
        }

        return arguments.Words.Count < command.MinWords || arguments.Words.Count > command.MaxWords
            ? throw DiagException.Usage($"expected: diag {command.Verb} {command.Parameters}")
            : arguments;
    }

    public bool Has(string flag) => _flags.Contains(flag);

    public IEnumerable<string> All(string option) => _values.Where(v => v.Key == option).Select(v => v.Value);

    public string? Find(string option) => All(option).LastOrDefault();

    public string Require(string option) => Find(option) ?? throw DiagException.Usage($"{option} is missing");

    public int Number(string option, int fallback) =>
        Find(option) is not { } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw DiagException.Usage($"{option} {text}: expected a whole number above 0");

    /// <summary>A time span written as 500ms, 10s, 2m, or as a number of seconds.</summary>
    public TimeSpan Duration(string option, TimeSpan fallback)
    {
        if (Find(option) is not { } text)
        {
            return fallback;
        }

        var (digits, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1d),
            _ when text.EndsWith('m') => (text[..^1], 60d),
            _ => (text, 1d),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit is > 0 and <= 86400
            ? TimeSpan.FromSeconds(number * unit)
            : throw DiagException.Usage($"{option} {text}: expected a time such as 500ms, 10s or 2m, at most a day");
    }

    public IReadOnlyList<Guid> Ids() => [.. Words.Select(Id)];

    public static Guid Id(string text) =>
        Guid.TryParse(text, out var id) ? id : throw DiagException.Usage($"{text}: expected an id (UUID)");
}
