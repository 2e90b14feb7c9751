using Npgsql;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.Pipeline;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Pauses;

/// <summary>What stands still because somebody wants it to.</summary>
/// <param name="Stage">publishing or processing.</param>
/// <param name="Scope">all, event_type or ticket.</param>
/// <param name="Value">The type or the ticket; empty for all.</param>
/// <param name="Title">The ticket's, where it is one that is known.</param>
public sealed record Pause(
    string Stage, string Scope, string Value, string Reason, string PausedBy, DateTimeOffset PausedAt,
    string? Title = null)
{
    internal bool Covers(string stage, string? type, Guid? ticket) => Stage == stage && Scope switch
    {
        "all" => true,
        "event_type" => Value == type,
        _ => Value == ticket?.ToString(),
    };
}

/// <summary>Pauses live in the database, where relays and notifiers look twice a second.</summary>
internal sealed class PauseStore(NpgsqlDataSource database)
{
    public Task<List<Pause>> AllAsync(CancellationToken cancellation) => database.ReadAsync(
        PauseSql.All,
        row => new Pause(
            row.Get<string>("stage")!, row.Get<string>("scope")!, row.Get<string>("value")!,
            row.Get<string>("reason")!, row.Get<string>("paused_by")!, row.When("paused_at")!.Value,
            row.Get<string>("title")),
        cancellation);

    /// <summary>The first event of each ticket whose type is paused, which keeps back those after it.</summary>
    public async Task<Dictionary<Guid, (long Id, string Type)>> FirstOfTypeAsync(
        string[] types, Guid[] tickets, CancellationToken cancellation) => (await database.ReadAsync(
            PauseSql.FirstOfType,
            row => (Ticket: row.Get<Guid>("aggregate_id"), Id: row.Get<long>("id"),
                Type: row.Get<string>("event_type")!),
            cancellation, Texts(types), Ids(tickets)))
        .ToDictionary(e => e.Ticket, e => (e.Id, e.Type));

    /// <returns>How many events are known to wait for its end; as with the pipeline's counts, not above
    /// <see cref="PipelineSql.Counted"/>.</returns>
    public async Task<long> WaitingAsync(Pause pause, CancellationToken cancellation) => (await database.ReadAsync(
        pause.Stage == "publishing" ? PauseSql.CountUnsent : PauseSql.CountHeld, row => row.GetInt64(0), cancellation,
        new NpgsqlParameter<bool> { TypedValue = pause.Scope == "all" },
        Text(pause.Scope == "event_type" ? pause.Value : null),
        Id(pause.Scope == "ticket" ? Guid.Parse(pause.Value) : null), Int((int)PipelineSql.Counted)))[0];

    /// <returns>False when it was paused already.</returns>
    /// <exception cref="ApiException">There is no such pause.</exception>
    public async Task<bool> AddAsync(
        string? stage, string? scope, string? value, string? reason, string by, CancellationToken cancellation)
    {
        var what = Checked(stage, scope, value);
        var why = ApiException.Text(reason, "reason", 500) ?? throw ApiException.Invalid("reason", "must be given");
        return await ChangeAsync(PauseSql.Add, what, why, by, cancellation);
    }

    /// <returns>False when it was not paused.</returns>
    /// <exception cref="ApiException">There is no such pause.</exception>
    public Task<bool> RemoveAsync(
        string? stage, string? scope, string? value, string? reason, string by, CancellationToken cancellation) =>
        ChangeAsync(
            PauseSql.Remove, Checked(stage, scope, value), ApiException.Text(reason, "reason", 500), by, cancellation);

    private async Task<bool> ChangeAsync(
        string sql, (string Stage, string Scope, string Value) what, string? reason, string by,
        CancellationToken cancellation)
    {
        await using var change = database.CreateCommand(sql);
        change.Parameters.AddRange((NpgsqlParameter[])
            [Text(what.Stage), Text(what.Scope), Text(what.Value), Text(reason), Text(by), Id(Guid.CreateVersion7())]);
        return await change.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static (string Stage, string Scope, string Value) Checked(string? stage, string? scope, string? value)
    {
        var text = ApiException.Text(value, "value", 200) ?? "";
        ApiException.Require(stage is "publishing" or "processing", "stage", "must be publishing or processing");
        return scope switch
        {
            "all" when text.Length == 0 => (stage!, scope, text),
            "all" => throw ApiException.Invalid("value", "must be empty where the scope is all"),
            "event_type" when text.Length > 0 => (stage!, scope, text),
            "event_type" => throw ApiException.Invalid("value", "must be an event type"),
            "ticket" when Guid.TryParse(text, out var ticket) => (stage!, scope, ticket.ToString()),
            "ticket" => throw ApiException.Invalid("value", "must be the id of a ticket"),
            _ => throw ApiException.Invalid("scope", "must be all, event_type or ticket"),
        };
    }
}
