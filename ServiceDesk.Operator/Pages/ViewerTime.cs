using System.Globalization;
using Microsoft.JSInterop;
using ServiceDesk.Operator.Api;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.Pages;

/// <summary>Reads times as the viewer writes them: 2h for two hours ago, or a time, in the viewer's zone unless it
/// names another.</summary>
internal sealed class ViewerTime(IJSRuntime script, TimeProvider time)
{
    private TimeSpan _offset;

    /// <summary>Asks the browser for its zone.</summary>
    public async Task LearnAsync()
    {
        try
        {
            _offset = TimeSpan.FromMinutes(-await script.InvokeAsync<int>("operatorZone"));
        }
        catch (Exception gone) when (gone is JSException or JSDisconnectedException or TaskCanceledException)
        {
            // Then times are in UTC, and say so.
        }
    }

    /// <exception cref="ApiException">It is neither.</exception>
    public DateTimeOffset? Read(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (DateTime.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces,
            out var at))
        {
            return at.Kind == DateTimeKind.Unspecified
                ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) - _offset
                : new DateTimeOffset(at.ToUniversalTime());
        }

        try
        {
            return time.GetUtcNow() - Duration.Parse(text.Trim());
        }
        catch (FormatException)
        {
            throw ApiException.Invalid(field, "must be a time such as 2026-01-31 12:00, or 2h for two hours ago");
        }
    }
}
