using Npgsql;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Pauses;

/// <summary>What stands still because somebody wants it to.</summary>
/// <param name="Stage">publishing or processing.</param>
/// <param name="Scope">all, event_type or ticket.</param>
/// <param name="Value">The type or the ticket; empty for all.</param>
public sealed record Pause(
    string Stage, string Scope, string Value, string Reason, string PausedBy, DateTimeOffset PausedAt);

/// <summary>Pauses live in the database, where relays and notifiers look twice a second.</summary>
internal sealed class PauseStore(NpgsqlDataSource database)
{
    private const string All =
        """
        -- read pauses
        SELECT stage, scope, value, reason, paused_by, paused_at FROM pauses ORDER BY paused_at LIMIT 1000
        """;

    /// <summary>One that is there stays as it is, with who made it and why.</summary>
    private const string Add =
        """
        -- add pause
        WITH added AS (
            INSERT INTO pauses (stage, scope, value, reason, paused_by) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING RETURNING value
        )
        INSERT INTO operator_actions (id, kind, selection, reason, acted_by, status, matched, done, finished_at)
        SELECT $6, 'pause', jsonb_build_object('stage', $1, 'scope', $2, 'value', $3), $4, $5, 'done', 1, 1, now()
        FROM added
        """;

    private const string Remove =
        """
        -- remove pause
        WITH removed AS (
            DELETE FROM pauses WHERE stage = $1 AND scope = $2 AND value = $3 RETURNING value
        )
        INSERT INTO operator_actions (id, kind, selection, acted_by, status, matched, done, finished_at)
        SELECT $5, 'resume', jsonb_build_object('stage', $1, 'scope', $2, 'value', $3), $4, 'done', 1, 1, now()
        FROM removed
        """;

    public Task<List<Pause>> AllAsync(CancellationToken cancellation) => database.ReadAsync(
        All,
        row => new Pause(
            row.Get<string>("stage")!, row.Get<string>("scope")!, row.Get<string>("value")!,
            row.Get<string>("reason")!, row.Get<string>("paused_by")!, row.When("paused_at")!.Value),
        cancellation);

    /// <returns>False when it was paused already.</returns>
    /// <exception cref="ApiException">There is no such pause.</exception>
    public async Task<bool> AddAsync(
        string? stage, string? scope, string? value, string? reason, string by, CancellationToken cancellation)
    {
        var what = Checked(stage, scope, value);
        var why = ApiException.Text(reason, "reason", 500) ?? throw ApiException.Invalid("reason", "must be given");
        await using var add = database.CreateCommand(Add);
        add.Parameters.AddRange((NpgsqlParameter[])
            [Text(what.Stage), Text(what.Scope), Text(what.Value), Text(why), Text(by), Id(Guid.CreateVersion7())]);
        return await add.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <returns>False when it was not paused.</returns>
    /// <exception cref="ApiException">There is no such pause.</exception>
    public async Task<bool> RemoveAsync(
        string? stage, string? scope, string? value, string by, CancellationToken cancellation)
    {
        var what = Checked(stage, scope, value);
        await using var remove = database.CreateCommand(Remove);
        remove.Parameters.AddRange((NpgsqlParameter[])
            [Text(what.Stage), Text(what.Scope), Text(what.Value), Text(by), Id(Guid.CreateVersion7())]);
        return await remove.ExecuteNonQueryAsync(cancellation) == 1;
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
