using System.Text;
using Npgsql;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Letters;

/// <summary>What failed for good: events that cannot be published, and dead letters.</summary>
internal sealed class LetterStore(NpgsqlDataSource database)
{
    /// <summary>Of so many failures the groups are exact.</summary>
    public const long Counted = 100_000;

    public static readonly string[] Statuses = ["open", "retried", "discarded", "settled"];
    public static readonly string[] Codes = ["failed", "unknown_type", "unreadable"];

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public async Task<LetterPage> SearchAsync(LetterSearch search, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(
            LetterSql.Search, Read, cancellation,
            Text(search.Status), Number(search.Cursor ?? long.MaxValue), Text(search.Code), Text(search.Type),
            Id(search.Ticket), Text(search.Contains), Text(search.Group), Time(search.Since), Time(search.Until),
            Int(search.Limit + 1));
        return rows.Count > search.Limit
            ? new(rows[..search.Limit], rows[search.Limit - 1].Id)
            : new(rows, null);
    }

    public async Task<FailedPage> FailedAsync(LetterSearch search, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(
            LetterSql.Failed,
            row => new FailedRow(
                row.Get<long>("id"), row.Get<Guid>("event_id"), row.Get<string>("event_type")!,
                row.Get<Guid>("aggregate_id"), row.Get<int>("attempts"), row.Get<string>("last_error"),
                row.When("created_at")!.Value, row.When("failed_at"), row.Get<string>("request_id")),
            cancellation,
            Number(search.Cursor ?? long.MaxValue), Text(search.Type), Id(search.Ticket), Text(search.Contains),
            Text(search.Group), Time(search.Since), Time(search.Until), Int(search.Limit + 1));
        return rows.Count > search.Limit
            ? new(rows[..search.Limit], rows[search.Limit - 1].Id)
            : new(rows, null);
    }

    public Task<List<LetterRow>> OfEventAsync(Guid eventId, CancellationToken cancellation) =>
        database.ReadAsync(LetterSql.OfEvent, Read, cancellation, Id(eventId));

    public Task<List<LetterRow>> OfTicketAsync(Guid ticket, CancellationToken cancellation) =>
        database.ReadAsync(LetterSql.OfTicket, Read, cancellation, Id(ticket));

    public async Task<LetterContent?> OneAsync(long id, CancellationToken cancellation) =>
        (await database.ReadAsync(LetterSql.One, ReadContent, cancellation, Number(id))).SingleOrDefault();

    public Task<ReasonGroups> GroupsAsync(CancellationToken cancellation) =>
        GroupsAsync(LetterSql.Groups, cancellation);

    public Task<ReasonGroups> FailedGroupsAsync(CancellationToken cancellation) =>
        GroupsAsync(LetterSql.FailedGroups, cancellation);

    private async Task<ReasonGroups> GroupsAsync(string sql, CancellationToken cancellation)
    {
        var groups = await database.ReadAsync(
            sql,
            row => new ReasonGroup(
                row.Get<string>("code")!, row.Get<string>("reason_group")!, row.Get<string>("event_type"),
                row.Get<long>("events"), row.When("first")!.Value, row.When("last")!.Value),
            cancellation, Number(Counted));
        return new(groups, groups.Sum(g => g.Count), Counted);
    }

    private static LetterRow Read(NpgsqlDataReader row) => new(
        row.Get<long>("id"), row.Get<string>("topic")!, row.Get<int>("partition"), row.Get<long>("offset"),
        row.When("written_at")!.Value, row.Get<string>("code")!, row.Get<string>("reason")!,
        row.Get<string>("reason_group")!, row.Get<Guid?>("event_id"), row.Get<string>("event_type"),
        row.Get<Guid?>("ticket_id"), row.Get<string>("request_id"), row.Get<string>("origin_topic"),
        row.Get<int?>("origin_partition"), row.Get<long?>("origin_offset"), row.Get<int?>("attempts"),
        row.Get<bool>("is_cut"), row.Get<string>("status")!, row.When("settled_at"));

    private static LetterContent ReadContent(NpgsqlDataReader row)
    {
        var value = row.Get<byte[]>("value");
        var names = row.Get<string[]>("header_names")!;
        var values = row.Get<byte[]?[]>("header_values")!;
        return new(
            Read(row), TextOf(row.Get<byte[]>("key")), TextOf(value), value is null || IsUtf8(value),
            [.. names.Zip(values, (name, bytes) => new LetterHeader(name, TextOf(bytes) ?? ""))]);
    }

    private static string? TextOf(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private static bool IsUtf8(byte[] bytes)
    {
        try
        {
            Strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
