using Diag.CommandLine;
using Diag.Postgres;
using Npgsql;

namespace Diag.Commands;

/// <summary>Asks the database until the answer is the expected one, or the time is up.</summary>
internal static class Poll
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromSeconds(10);

    /// <summary>Prints every row of the last answer, tab-separated, in the form that scripts read.</summary>
    public static async Task<int> UntilAllAsync(
        Invocation run, string sql, string parameter, Predicate<object?[]> isExpected)
    {
        var limit = run.Arguments.Duration("--timeout", s_defaultLimit);
        var ids = run.Arguments.Ids().ToArray();
        using var deadline = new CancellationTokenSource(limit);
        await using var database = await Database.OpenAsync(run);
        while (true)
        {
            var rows = await database.RowsAsync(sql, run.Cancelled, new NpgsqlParameter(parameter, ids));
            var expected = rows.All(row => isExpected(row));
            if (expected || deadline.IsCancellationRequested)
            {
                foreach (var row in rows)
                {
                    await run.PrintAsync(string.Join('\t', row.Select(Cell)));
                }

                return expected ? ExitCode.Ok : ExitCode.NotFound;
            }

            await Task.Delay(s_interval, run.Cancelled);
        }
    }

    private static string Cell(object? value) => value is decimal milliseconds
        ? Format.Cell(decimal.Round(milliseconds))
        : Format.Cell(value).ReplaceLineEndings(" ").Replace('\t', ' ');
}
