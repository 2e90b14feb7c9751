namespace ServiceDesk.Tests.Infrastructure;

/// <summary>What the notifier has written.</summary>
internal static class ProcessedRows
{
    /// <summary>How many events there are of each status: "done=3 failed=1".</summary>
    public static Task<string> ProcessedAsync(this TestDatabase database) => database.ScalarAsync<string>(
        """
        SELECT coalesce(string_agg(status || '=' || n, ' ' ORDER BY status), '')
        FROM (SELECT status, count(*) AS n FROM processed_events GROUP BY status) s
        """);

    public static Task ProcessedBecomesAsync(this TestDatabase database, string wanted, TimeSpan? limit = null) =>
        Eventually.SeesAsync(
            $"the processed events are {wanted}", database.ProcessedAsync, statuses => statuses == wanted, limit);

    /// <summary>The texts of all notifications, in the order in which they were made.</summary>
    public static Task<List<string>> NotificationsAsync(this TestDatabase database) =>
        database.RowsAsync(row => row.GetString(0), "SELECT text FROM notifications ORDER BY id");
}
