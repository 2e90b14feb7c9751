using System.Text.Json;
using Npgsql;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Actions;

/// <summary>What operators asked for, and how far it is.</summary>
internal sealed class ActionStore(NpgsqlDataSource database)
{
    public const int FastestRate = 100_000;

    /// <summary>How many events an action would reach now.</summary>
    public async Task<long> CountAsync(
        string source, string kind, Selection selection, CancellationToken cancellation) => source == "outbox"
        ? (await database.ReadAsync(
            ActionSql.CountFailed, row => row.GetInt64(0), cancellation, selection.Parameters(source)))[0]
        : (await database.ReadAsync(
            ActionSql.CountLetters, row => row.GetInt64(0), cancellation,
            [.. selection.Parameters(source), new NpgsqlParameter<bool> { TypedValue = kind == "retry" }]))[0];

    /// <summary>Writes the action down, once however often it is asked for; the runner carries it out.</summary>
    /// <exception cref="ApiException">The id belongs to another action.</exception>
    public async Task<OperatorAction> AddAsync(ActionRequest request, CancellationToken cancellation)
    {
        var matched = await CountAsync(request.Source, request.Kind, request.Selection, cancellation);
        var selection = JsonSerializer.Serialize(request.Selection, Selection.Json);
        await using var add = database.CreateCommand(ActionSql.Add);
        add.Parameters.AddRange((NpgsqlParameter[])
        [
            Id(request.Id), Text(request.Kind), Text(request.Source), Json(selection), Text(request.Reason),
            Text(request.By), Int(request.Rate), Number(matched), new NpgsqlParameter<bool> { TypedValue = false },
        ]);
        await add.ExecuteNonQueryAsync(cancellation);
        var there = await OneAsync(request.Id, cancellation) ?? throw ApiException.NotFound("such action");
        return there.Kind == request.Kind && there.Source == request.Source
            ? there
            : throw ApiException.Conflict($"The id {request.Id} belongs to another action; make a new one.");
    }

    public async Task<OperatorAction?> OneAsync(Guid id, CancellationToken cancellation) =>
        (await database.ReadAsync(ActionSql.One, Read, cancellation, Id(id))).SingleOrDefault();

    public async Task<ActionPage> LatestAsync(DateTimeOffset? before, int limit, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(
            ActionSql.Latest, Read, cancellation, Time(before ?? DateTimeOffset.MaxValue), Int(limit + 1));
        return rows.Count > limit ? new(rows[..limit], rows[limit - 1].RequestedAt) : new(rows, null);
    }

    /// <summary>What is done stays done; the rest is left.</summary>
    public async Task<bool> StopAsync(Guid id, CancellationToken cancellation)
    {
        await using var stop = database.CreateCommand(ActionSql.Stop);
        stop.Parameters.Add(Id(id));
        return await stop.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static OperatorAction Read(NpgsqlDataReader row)
    {
        using var selection = JsonDocument.Parse(row.Get<string>("selection")!);
        return new(
            row.Get<Guid>("id"), row.Get<string>("kind")!, row.Get<string>("source"), selection.RootElement.Clone(),
            row.Get<string>("reason"), row.Get<string>("acted_by")!, row.When("requested_at")!.Value,
            row.Get<int?>("rate"), row.Get<string>("status")!, row.Get<long>("matched"), row.Get<long>("done"),
            row.Get<string>("last_error"), row.When("finished_at"), row.Get<string>("ended_by"), row.When("ended_at"));
    }
}
