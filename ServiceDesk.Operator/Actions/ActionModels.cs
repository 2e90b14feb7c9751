using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using ServiceDesk.Operator.Api;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Actions;

/// <summary>Which failed events or dead letters an action is about; what is null stands for any.</summary>
public sealed record Selection
{
    private const int MostIds = 1000;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>By event id.</summary>
    public Guid[]? Events { get; init; }

    /// <summary>By the number of the dead letter.</summary>
    public long[]? Letters { get; init; }

    /// <summary>By place in the dead-letter topic, with <see cref="Offset"/>.</summary>
    public int? Partition { get; init; }

    public long? Offset { get; init; }

    /// <summary>A text in the reason, in any case.</summary>
    public string? Contains { get; init; }

    /// <summary>A group as the lists have it.</summary>
    public string? Group { get; init; }

    /// <summary>failed, unknown_type or unreadable.</summary>
    public string? Code { get; init; }

    public string? Type { get; init; }

    public Guid? Ticket { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <exception cref="ApiException">It says nothing clear.</exception>
    public Selection Checked(string source, bool all)
    {
        ApiException.Require(
            this == new Selection() == all, "selection",
            all ? "must be empty where all is true" : "must choose something, or all must be true");
        ApiException.Require(
            Partition is null == Offset is null && Partition is null or >= 0 && Offset is null or >= 0,
            "offset", "must be given with partition, neither below 0");
        ApiException.Require(
            source == "letters" || (Letters is null && Partition is null && Code is null),
            "selection", "has letters, partition, offset or code, which the outbox has not");
        ApiException.Require(
            Events is null or { Length: > 0 and <= MostIds } && Letters is null or { Length: > 0 and <= MostIds },
            "selection", $"must name 1 to {MostIds} ids");
        return this with
        {
            Contains = ApiException.Text(Contains, "contains", 200),
            Group = ApiException.Text(Group, "group", 300),
            Code = ApiException.Text(Code, "code", 50),
            Type = ApiException.Text(Type, "type", 200),
        };
    }

    /// <summary>In the order of the statements' first parameters.</summary>
    public NpgsqlParameter[] Parameters(string source)
    {
        NpgsqlParameter[] common =
        [
            Ids(Events), Text(Contains), Text(Type), Time(Since), Time(Until), Text(Group), Id(Ticket),
        ];
        return source == "letters" ? [.. common, Numbers(Letters), Int(Partition), Number(Offset), Text(Code)] : common;
    }
}

/// <summary>What somebody wants to be done.</summary>
/// <param name="Id">Made by who asks: asked twice, it is done once.</param>
/// <param name="Kind">retry or discard.</param>
/// <param name="Source">outbox: what cannot be published; letters: what cannot be processed.</param>
/// <param name="Rate">Events a second, at most.</param>
public sealed record ActionRequest(
    Guid Id, string Kind, string Source, Selection Selection, string? Reason, int? Rate, string By);

/// <summary>An action as the audit has it.</summary>
/// <param name="EndedBy">Who resumed what this paused; null while it is in force.</param>
public sealed record OperatorAction(
    Guid Id, string Kind, string? Source, JsonElement Selection, string? Reason, string By, DateTimeOffset RequestedAt,
    int? Rate, string Status, long Matched, long Done, string? LastError, DateTimeOffset? FinishedAt,
    string? EndedBy, DateTimeOffset? EndedAt);

public sealed record ActionPage(IReadOnlyList<OperatorAction> Items, DateTimeOffset? NextCursor);
