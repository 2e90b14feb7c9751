using System.Text;

namespace ServiceDesk.Clients;

/// <summary>A line a minute for each reason, with the number of those left out, so that an outage does not bury what
/// else is said.</summary>
public sealed class LogPace(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Bounds what is kept; further reasons share one line a minute.</summary>
    private const int MostReasons = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, int LeftOut)> _lines = [];

    /// <returns>The reason as it is to be logged, or null when that was done less than a minute ago.</returns>
    public string? Next(string reason)
    {
        var kind = WithoutNumbers(reason);
        lock (_gate)
        {
            if (!_lines.ContainsKey(kind) && _lines.Count >= MostReasons)
            {
                MakeRoom();
                kind = _lines.Count < MostReasons ? kind : "";
            }

            if (_lines.TryGetValue(kind, out var last) && time.GetElapsedTime(last.At) < Interval)
            {
                _lines[kind] = last with { LeftOut = last.LeftOut + 1 };
                return null;
            }

            _lines[kind] = (time.GetTimestamp(), 0);
            return last.LeftOut == 0 ? reason : $"{reason} (and {last.LeftOut} more)";
        }
    }

    private void MakeRoom()
    {
        foreach (var (kind, last) in _lines)
        {
            if (time.GetElapsedTime(last.At) >= Interval)
            {
                _lines.Remove(kind);
            }
        }
    }

    /// <summary>Client libraries put ports, counts and durations into their texts; the reason is the same.</summary>
    private static string WithoutNumbers(string reason)
    {
        var kind = new StringBuilder(reason.Length);
        foreach (var letter in reason.AsSpan()[..Math.Min(reason.Length, 500)])
        {
            if (!char.IsAsciiDigit(letter))
            {
                kind.Append(letter);
            }
        }

        return kind.ToString();
    }
}
