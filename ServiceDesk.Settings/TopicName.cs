using System.Text;

namespace ServiceDesk.Settings;

/// <summary>Kafka's rule for topic names: 1 to 249 of <c>[A-Za-z0-9._-]</c>, and neither "." nor "..".</summary>
public static class TopicName
{
    /// <returns>What is wrong with the name, or null. It gives a foreign character's code point, as the usual culprit,
    /// a Cyrillic letter, looks like the Latin one.</returns>
    public static string? Problem(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (!(rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '_' or '-')))
            {
                return $"the character '{rune}' (U+{rune.Value:X4}) is not allowed in a topic name; "
                    + "allowed are A-Z a-z 0-9 . _ -";
            }
        }

        return name.Length is 0 or > 249 || name is "." or ".."
            ? "must be 1 to 249 characters, and neither '.' nor '..'"
            : null;
    }
}
