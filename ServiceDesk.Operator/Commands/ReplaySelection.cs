using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.Commands;

/// <summary>Which failed events and dead letters to replay; what is null stands for any.</summary>
internal sealed record ReplaySelection(
    Guid[]? Events, (int Partition, long Offset)? Letter, string? Reason, string? Type,
    DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <summary>In the order of the queries' parameters.</summary>
    public NpgsqlParameter[] Parameters() =>
    [
        Parameter(Events, NpgsqlDbType.Array | NpgsqlDbType.Uuid), Parameter(Reason, NpgsqlDbType.Text),
        Parameter(Type, NpgsqlDbType.Text), Parameter(Since?.UtcDateTime, NpgsqlDbType.TimestampTz),
        Parameter(Until?.UtcDateTime, NpgsqlDbType.TimestampTz),
    ];

    public bool Includes(Message letter) =>
        (Events is null || (Guid.TryParse(letter.EventId, out var id) && Events.Contains(id)))
        && (Letter is null || Letter == (letter.At.Partition.Value, letter.At.Offset.Value))
        && (Reason is null || letter.Header("dlq_reason")?.Contains(Reason, StringComparison.OrdinalIgnoreCase) == true)
        && (Type is null || letter.EventType == Type)
        && (Since is null || letter.Time >= Since.Value.UtcDateTime)
        && (Until is null || letter.Time < Until.Value.UtcDateTime);

    private static NpgsqlParameter Parameter(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>The selection's arguments and options.</summary>
internal sealed class ReplayOptions
{
    private readonly Argument<Guid[]> _events = ServiceDesk.Operator.CommandLine.Parameters.Ids(
        "EVENT", "Event ids", ArgumentArity.ZeroOrMore);
    private readonly Option<bool> _all = new("--all") { Description = "Everything that failed" };
    private readonly Option<string?> _letter = new("--dead-letter")
    {
        Description = "One dead letter: PARTITION:OFFSET",
    };
    private readonly Option<string?> _reason = new("--reason")
    {
        Description = "Only what failed with this in its reason",
    };
    private readonly Option<string?> _type = new("--type") { Description = "Only events of this type" };
    private readonly Option<DateTimeOffset?> _since = Time(
        "--since", "Only what failed since then: a time, or 2h for two hours ago");
    private readonly Option<DateTimeOffset?> _until = Time("--until", "Only what failed before then");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_events);
        foreach (var option in (Option[])[_all, _letter, _reason, _type, _since, _until])
        {
            command.Options.Add(option);
        }
    }

    public ReplaySelection Read(ParseResult parsed)
    {
        var events = parsed.GetValue(_events) is { Length: > 0 } ids ? ids : null;
        var selection = new ReplaySelection(
            events, Position(parsed.GetValue(_letter)), parsed.GetValue(_reason), parsed.GetValue(_type),
            parsed.GetValue(_since), parsed.GetValue(_until));
        var isAny = selection == new ReplaySelection(null, null, null, null, null, null);
        return isAny != parsed.GetValue(_all)
            ? throw DiagException.Usage(
                "expected: diag replay EVENT..., or --all, or at least one of the options that choose")
            : selection;
    }

    private static (int, long)? Position(string? text) =>
        text is null ? null
        : text.Split(':') is [var partition, var offset]
            && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o) ? (p, o)
        : throw DiagException.Usage($"--dead-letter {text}: expected PARTITION:OFFSET");

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Time(result, name, result.Tokens[0].Value),
    };

    private static DateTimeOffset? Time(ArgumentResult result, string name, string text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        try
        {
            return DateTimeOffset.UtcNow - Duration.Parse(text);
        }
        catch (FormatException)
        {
            result.AddError($"{name} {text}: expected a time such as 2026-01-31T12:00Z, or 2h for two hours ago");
            return null;
        }
    }
}
