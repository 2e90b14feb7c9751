using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Actions;

/// <summary>Changes one message and gives it another chance. In one transaction: the action, the event, and what is
/// sent.</summary>
internal sealed class Changes(NpgsqlDataSource database, LetterSender sender, ActionStore actions)
{
    public const int LongestValue = 250_000;

    /// <summary>What cannot be published gets another payload; the dead letter keeps the first one.</summary>
    /// <exception cref="ApiException">The payload is no JSON object, or the event did not fail.</exception>
    public async Task<OperatorAction> ChangeFailedAsync(
        Guid action, Guid eventId, string payload, string reason, string by, CancellationToken cancellation)
    {
        _ = ObjectOf(payload);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await BeginAsync(connection, action, "outbox", new() { Events = [eventId] }, reason, by, cancellation))
        {
            return await ThereAsync(action, cancellation);
        }

        await using var change = new NpgsqlCommand(ActionSql.ChangeFailed, connection);
        List<(string Type, Guid Ticket)> changed;
        try
        {
            changed = await change.ReadAsync(
                row => (row.GetString(0), row.GetGuid(1)), cancellation, Id(eventId), Json(payload),
                Text(action.ToString()));
        }
        catch (PostgresException refused) when (refused.SqlState
            is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.UntranslatableCharacter)
        {
            throw ApiException.Invalid("value", $"is refused by Postgres: {refused.MessageText}");
        }

        if (changed is not [var (type, ticket)])
        {
            throw ApiException.Conflict($"The event {eventId} is not failed any more; nothing was done.");
        }

        await connection.ExecuteAsync(
            ActionSql.NoteEvent, cancellation, Id(action), Id(eventId), Text(type), Id(ticket), Number(null));
        await transaction.CommitAsync(cancellation);
        return await ThereAsync(action, cancellation);
    }

    /// <summary>Sends a changed copy of a dead letter, with a header that names the letter.</summary>
    /// <exception cref="ApiException">The value does not fit, or the letter is not open.</exception>
    /// <exception cref="KafkaException">Kafka does not serve; nothing was done.</exception>
    public async Task<OperatorAction> ChangeLetterAsync(
        Guid action, long letterId, string value, string reason, string by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await BeginAsync(connection, action, "letters", new() { Letters = [letterId] }, reason, by, cancellation))
        {
            return await ThereAsync(action, cancellation);
        }

        await using var take = new NpgsqlCommand(ActionSql.TakeLetter, connection);
        var taken = await take.ReadAsync(
            row => (Letter: ChosenLetter.Read(row), Place:
                $"{row.Get<string>("topic")}/{row.Get<int>("partition")}/{row.Get<long>("offset")}"),
            cancellation, Number(letterId));
        if (taken is not [var (letter, place)])
        {
            throw ApiException.Conflict($"The dead letter {letterId} is not open any more; nothing was done.");
        }

        Guid[] events = letter.EventId is { } id ? [SameEvent(value, id)] : [];
        await using var reopen = new NpgsqlCommand(ActionSql.Reopen, connection);
        var free = await reopen.ReadAsync(row => row.GetGuid(0), cancellation, Ids(events));
        if (free.Count < events.Length)
        {
            throw ApiException.Conflict($"The event {events[0]} was processed, or is on its way; nothing was done.");
        }

        await connection.ExecuteAsync(
            ActionSql.SettleLetters, cancellation, Numbers([letterId]), Ids(events), Text("retried"));
        var refused = await sender.SendAsync(
            [letter with { Value = Encoding.UTF8.GetBytes(value) }], cancellation, origin: place);
        if (refused is [var (_, why)])
        {
            throw ApiException.Invalid("value", $"is refused by the broker: {why}");
        }

        await connection.ExecuteAsync(ActionSql.NoteLetters, cancellation, Id(action), Numbers([letterId]));
        await transaction.CommitAsync(cancellation);
        return await ThereAsync(action, cancellation);
    }

    /// <returns>False when the action is there already: somebody clicked twice.</returns>
    private static async Task<bool> BeginAsync(
        NpgsqlConnection connection, Guid action, string source, Selection selection, string reason, string by,
        CancellationToken cancellation)
    {
        var added = await connection.ExecuteAsync(
            ActionSql.Add, cancellation, Id(action), Text("change"), Text(source),
            Json(JsonSerializer.Serialize(selection, Selection.Json)), Text(reason), Text(by), Int(null), Number(1),
            new NpgsqlParameter<bool> { TypedValue = true });
        if (added == 1)
        {
            await connection.ExecuteAsync(ActionSql.Finish, cancellation, Id(action), Number(1), Text(null));
        }

        return added == 1;
    }

    private async Task<OperatorAction> ThereAsync(Guid action, CancellationToken cancellation) =>
        await actions.OneAsync(action, cancellation) is { Kind: "change" } there
            ? there
            : throw ApiException.Conflict($"The id {action} belongs to another action; make a new one.");

    /// <summary>The id is what makes the effect happen once, so a change must keep it (P2).</summary>
    private static Guid SameEvent(string value, Guid eventId)
    {
        var json = ObjectOf(value);
        return json.TryGetProperty("event_id", out var id) && id.ValueKind == JsonValueKind.String
            && id.TryGetGuid(out var given) && given == eventId
            ? eventId
            : throw ApiException.Invalid("value", $"must keep the event_id {eventId}");
    }

    private static JsonElement ObjectOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone()
                : throw ApiException.Invalid("value", "must be a JSON object");
        }
        catch (JsonException no)
        {
            throw ApiException.Invalid("value", $"must be a JSON object: {no.Message}");
        }
    }
}
