using System.Diagnostics;

namespace ServiceDesk.Events;

/// <summary>W3C Baggage that goes with an event from the request to the consumer. Members that do not fit are left out:
/// what a caller sends along must neither hold up its event nor make every message large.</summary>
public static class EventBaggage
{
    private const int MaxMembers = 64;

    /// <summary>In characters, which are bytes here. <c>outbox.headers</c> holds 8 KiB, the other headers
    /// included.</summary>
    private const int MaxLength = 6 * 1024;

    /// <returns>The activity's baggage as a header, or null when it has none.</returns>
    public static string? Write(Activity? activity)
    {
        if (activity?.Baggage is not { } baggage || !baggage.Any())
        {
            return null;
        }

        string? header = null;
        DistributedContextPropagator.Current.Inject(activity, null, (_, name, value) =>
            header = name == EventHeaders.Baggage ? value : header);
        return Bound(header);
    }

    /// <returns>As many of the first members as fit, or null when none does or the header is not visible
    /// ASCII.</returns>
    public static string? Bound(string? header)
    {
        if (header is not { Length: > 0 } || header.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return null;
        }

        var end = -1;
        for (var members = 0; members < MaxMembers && end < header.Length; members++)
        {
            var comma = header.IndexOf(',', end + 1);
            var next = comma < 0 ? header.Length : comma;
            if (next > MaxLength)
            {
                break;
            }

            end = next;
        }

        return end <= 0 ? null : header[..end];
    }

    /// <summary>Gives a consumer's span the baggage of its event, for what it calls.</summary>
    public static void Read(string? header, Activity? span)
    {
        if (header is null || span is null)
        {
            return;
        }

        var members = DistributedContextPropagator.Current.ExtractBaggage(
            header, static (object? carrier, string name, out string? value, out IEnumerable<string>? values) =>
                (value, values) = (name == EventHeaders.Baggage ? (string?)carrier : null, null));
        foreach (var (name, value) in members ?? [])
        {
            span.AddBaggage(name, value);
        }
    }
}
