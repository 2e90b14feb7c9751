using Npgsql;

namespace ServiceDesk.Migrator;

/// <summary>Lets the sequence of outbox ids go on above the ids that exist: a restore or a logical replication leaves
/// it behind, and ids that are given out again put new events before older ones of their ticket (P3).</summary>
internal static class OutboxIds
{
    /// <summary>Returns nothing unless the sequence is behind.</summary>
    private const string Mend =
        """
        SELECT setval('outbox_id_seq', greatest(highest, nextval('outbox_id_seq')))
        FROM (SELECT max(id) AS highest FROM outbox
              WHERE id >= (SELECT last_value + is_called::int FROM outbox_id_seq)) AS taken
        WHERE highest IS NOT NULL
        """;

    public static async Task MendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var mend = new NpgsqlCommand(Mend, connection);
        if (await mend.ExecuteScalarAsync(cancellationToken) is long raised)
        {
            Report.Progress(
                $"outbox_id_seq was behind the ids in outbox, as after a restore; it goes on after {raised}");
        }
    }
}
