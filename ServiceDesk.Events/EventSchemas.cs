using System.Globalization;

namespace ServiceDesk.Events;

/// <summary>Names of the events' schemas, as in the header <c>ce_dataschema</c>. The name holds the major version: a
/// consumer of an older one cannot read the event.</summary>
public static class EventSchemas
{
    /// <summary>The version that this build sends, and the newest that it reads.</summary>
    public const int Major = 1;

    public static string NameOf(string eventType) => $"urn:servicedesk:events:{eventType}:{Major}";

    /// <summary>Whether a message names a schema of ours that is newer than this build. One that names none, or one of
    /// somebody else, is not.</summary>
    /// <param name="header">The value of <c>ce_dataschema</c>.</param>
    public static bool IsNewer(ReadOnlySpan<byte> header) =>
        header.StartsWith("urn:servicedesk:events:"u8)
        && !(int.TryParse(
            header[(header.LastIndexOf((byte)':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
            out var major) && major <= Major);
}
