using System.Globalization;
using System.Text;

namespace ServiceDesk.Events;

/// <summary>Names of the events' schemas, as in the header <c>ce_dataschema</c>. The name holds the major version: a
/// consumer of an older one cannot read the event.</summary>
public static class EventSchemas
{
    private const string Prefix = "urn:servicedesk:events:";

    /// <summary>The version that this build sends, and the newest that it reads.</summary>
    public const int Major = 1;

    public static string NameOf(string eventType) => $"{Prefix}{eventType}:{Major}";

    /// <summary>Whether a message names a schema of ours that is newer than this build. One that names none, or one of
    /// somebody else, is not.</summary>
    /// <param name="header">The bytes of <c>ce_dataschema</c>; null when there is none.</param>
    public static bool IsNewer(byte[]? header)
    {
        if (header is null || Encoding.UTF8.GetString(header) is not { } name
            || !name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var version = name.AsSpan(name.LastIndexOf(':') + 1);
        return !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major > Major;
    }
}
