using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LocalKafka.Broker;

/// <summary>A topic to create.</summary>
internal sealed record TopicSpec(string Name, int Partitions)
{
    public const string Rule =
        "must be NAME or NAME:PARTITIONS, the name 1 to 249 characters from A-Z a-z 0-9 . _ - and 1 to 1000 partitions";

    private const int MaxNameLength = 249;
    private const int MaxPartitions = 1000;

    /// <summary>Reads "name" or "name:partitions"; a name cannot contain a colon.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicSpec? topic)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, partitions) = colon < 0 ? (text, "1") : (text[..colon], text[(colon + 1)..]);
        topic = IsName(name)
            && int.TryParse(partitions, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= MaxPartitions
                ? new(name, count)
                : null;
        return topic is not null;
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= MaxNameLength
            && name is not "." and not ".."
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
