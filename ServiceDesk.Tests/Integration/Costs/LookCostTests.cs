using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Operator.Events;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Pipeline;
using ServiceDesk.Operator.Postgres;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Tests.Integration.Costs;

/// <summary>What a look of the operator's at a deep queue reads of it, counted and not timed.</summary>
public sealed class LookCostTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    /// <summary>What any look may read, at most.</summary>
    private const int Most = 110_000;

    private const int Unsent = 2 * Most;

    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private Guid _ticket;

    public async Task InitializeAsync()
    {
        _database = await fixture.Servers.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(DatabaseExtensions.WithOptions(
            PostgresUrl.ToConnectionString(_database.Url), DatabaseExtensions.ByIndex));
        await _database.ExecuteAsync("ANALYZE");
        await _database.ExecuteAsync(
            """
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload)
            SELECT gen_random_uuid(), 'ticket', gen_random_uuid(), 'ticket.created', '{}'
            FROM generate_series(1, $1)
            """, Unsent);
        _ticket = await _database.ScalarAsync<Guid>("SELECT aggregate_id FROM outbox ORDER BY id DESC LIMIT 1");
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>With the statistics of the empty queue, and with those of the deep one.</summary>
    [Fact]
    public async Task A_look_at_a_deep_queue_reads_a_bounded_part_of_it()
    {
        var before = await ExcessAsync();
        await _database.ExecuteAsync("ANALYZE");

        string[] excess = [.. before, .. await ExcessAsync()];

        Assert.True(excess.Length == 0, string.Join(Environment.NewLine, excess));
    }

    private async Task<List<string>> ExcessAsync()
    {
        NpgsqlParameter[] search =
        [
            Text(null), Text("nobody"), Text(null), Time(null), Time(null), Number(long.MaxValue),
            Texts(["pending"]), Int(50),
        ];
        string[] queue = ["pending", "processing"];
        var looks = new (string Sql, NpgsqlParameter[] Parameters)[]
        {
            (PipelineSql.Look, [Number(PipelineSql.Counted), new() { Value = false }, Texts([]), Ids([])]),
            (PipelineSql.Look,
                [Number(PipelineSql.Counted), new() { Value = false }, Texts(["ticket.created"]), Ids([_ticket])]),
            (PipelineSql.Claims, []),
            (EventSql.Search, [.. search, Int(100_000), Number(0), Texts(queue)]),
            (EventSql.SearchTicket, [.. search, Id(_ticket)]),
            (EventSql.EndOfPiece, [Number(long.MaxValue), Texts(queue), Int(100_000), Number(0)]),
            (EventSql.Highest, []),
            (EventSql.AtOrAbove, [Number(Unsent / 2)]),
            (EventSql.Life, [Id(Guid.NewGuid())]),
            (PauseSql.FirstOfType, [Texts(["ticket.created"]), Ids([_ticket])]),
            (PauseSql.CountUnsent,
                [new() { Value = false }, Text("ticket.created"), Id(null), Int((int)PipelineSql.Counted)]),
            (OutboxQueries.ByStatus, []),
            (OutboxQueries.Retrying, []),
            (OutboxQueries.Behind, []),
            (OutboxQueries.Lag, []),
            (OutboxQueries.OfTickets, [new("ids", new[] { _ticket })]),
        };
        var excess = new List<string>();
        foreach (var (sql, parameters) in looks)
        {
            var read = await ReadFromQueueAsync(sql, parameters);
            if (read > Most)
            {
                excess.Add($"{read:0} rows: {string.Concat(sql.Take(60))}");
            }
        }

        return excess;
    }

    /// <returns>How many rows of the queue the statement came by.</returns>
    private async Task<double> ReadFromQueueAsync(string sql, NpgsqlParameter[] parameters)
    {
        await using var look = _source.CreateCommand(sql);
        look.Parameters.AddRange(parameters.Select(p => p.Clone()).ToArray());
        return (await QueryPlan.ExplainAsync(look))
            .Where(n => n.TryGetProperty("Relation Name", out var table) && table.GetString() == "outbox_unsent")
            .Sum(QueryPlan.Rows);
    }
}
