using System.Globalization;
using Confluent.Kafka;
using LocalKafka.Broker;
using LocalKafka.CommandLine;

namespace LocalKafka.Control;

/// <summary>Reads an error code: its number, its name in Kafka (INVALID_MSG), or in .NET (InvalidMsg).</summary>
internal static class ErrorCodes
{
    private static readonly Dictionary<string, ErrorCode> ByName = Enum.GetValues<ErrorCode>()
        .SelectMany(code => new[] { MockCluster.NameOf((int)code), code.ToString() }
            .Select(name => KeyValuePair.Create(name, code)))
        .DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentFormatException">There is no error of this name or number.</exception>
    public static int Parse(string? text) => (int)(Find(text ?? "") ?? throw new ArgumentFormatException(
        "code", text, "must be the number or the name of a Kafka error, such as 19 or NOT_ENOUGH_REPLICAS"));

    private static ErrorCode? Find(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Enum.IsDefined((ErrorCode)number) ? (ErrorCode)number : null;
        }

        return ByName.TryGetValue(text, out var code) ? code : null;
    }
}
