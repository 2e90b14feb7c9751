using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Cases;

/// <summary>An outbox that has been in use for long.</summary>
internal static class SentHistory
{
    private const int RowsPerInsert = 500_000;

    /// <summary>Table, indexes, the log of the insert, and as much again for what comes after.</summary>
    private const long BytesPerRow = 2_000;

    /// <returns>False when the disk has no room for it; the report says so.</returns>
    public static async Task<bool> FillAsync(BenchRun bench, BenchDatabase database)
    {
        var rows = bench.Sizes.HistoryRows;
        if (await FreeBytesAsync(bench, database) is { } free && free < rows * BytesPerRow)
        {
            bench.Report.Note(
                $"relay: no drain with {rows:N0} sent rows; it takes {rows * BytesPerRow >> 30} GiB of disk, "
                + $"and {free >> 30} GiB are free.");
            Console.WriteLine("relay: not enough disk for the drain with a history, skipped");
            return false;
        }

        for (var filled = 0; filled < rows; filled += RowsPerInsert)
        {
            Console.WriteLine($"relay: {filled:N0} of {rows:N0} sent rows are there");
            await database.ExecuteAsync(
                SampleSql.InsertSent, bench.Cancellation, (long)filled, Math.Min(RowsPerInsert, rows - filled),
                SampleTexts.Title, SampleTexts.Description, SampleTexts.TraceParent);
        }

        // What autovacuum would have done long ago.
        await database.ExecuteAsync("VACUUM ANALYZE outbox", bench.Cancellation);
        return true;
    }

    /// <returns>Null when the server's disk is not ours to see.</returns>
    private static async Task<long?> FreeBytesAsync(BenchRun bench, BenchDatabase database)
    {
        try
        {
            var folder = await database.ScalarAsync<string>("SHOW data_directory", bench.Cancellation);
            return Directory.Exists(folder) ? new DriveInfo(folder).AvailableFreeSpace : null;
        }
        catch (Npgsql.PostgresException denied)
            when (denied.SqlState == Npgsql.PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }
}
