using System.Globalization;
using Confluent.Kafka;
using LocalKafka.CommandLine;

namespace LocalKafka.Control;

/// <summary>Reads error codes as numbers, as Kafka writes them (NOT_ENOUGH_REPLICAS), or as .NET does (NotEnoughReplicas).</summary>
internal static class ErrorCodes
{
    private static readonly Dictionary<string, ErrorCode> ByName = Enum.GetValues<ErrorCode>()
        .GroupBy(code => Plain(code.ToString()))
        .ToDictionary(same => same.Key, same => same.First());

    /// <exception cref="ArgumentFormatException">There is no error of this name or number.</exception>
    public static int Parse(string? text) => (int)(Find(text ?? "") ?? throw new ArgumentFormatException(
        "code", text, "must be the number or the name of a Kafka error, such as 19 or NOT_ENOUGH_REPLICAS"));

    private static ErrorCode? Find(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Enum.IsDefined((ErrorCode)number) ? (ErrorCode)number : null;
        }

        // The client's own errors are _TRANSPORT to librdkafka and Local_Transport to .NET.
        return ByName.TryGetValue(Plain(text.StartsWith('_') ? $"local{text}" : text), out var code) ? code : null;
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
