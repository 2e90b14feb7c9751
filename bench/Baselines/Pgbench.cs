using System.Globalization;
using System.Text.RegularExpressions;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Baselines;

/// <summary>PostgreSQL's own load generator, with the same statements in the same transactions: what the database gives
/// to a client that does nothing else.</summary>
internal static partial class Pgbench
{
    public const string Missing =
        "pgbench is missing, so there is no ratio to it; it comes with the server's package " +
        "(Debian, Ubuntu: postgresql), elsewhere with postgresql-contrib";

    public const string CreateTicket = "create_ticket.sql";
    public const string ChangeTicket = "change_ticket.sql";
    public const string GetTicket = "get_ticket.sql";
    public const string ListTickets = "list_tickets.sql";

    private const string Ticket = "01a2031a-5887-7a82-94ff-929bd03fc32b";

    private static readonly string Payload =
        $$"""
        {"ticket_id":"{{Ticket}}","title":"{{SampleTexts.Title}}","description":"{{SampleTexts.Description}}",
        "status":"open","version":1}
        """.ReplaceLineEndings("");

    private static readonly string Headers =
        $$"""{"request_id":"{{Ticket}}","traceparent":"{{SampleTexts.TraceParent}}","tracestate":null}""";

    /// <summary>Left out: new connections prepare their statements and fill their caches.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(1);

    /// <param name="pgbench">The program.</param>
    /// <param name="script">One of those here.</param>
    /// <param name="database">Where it runs.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="length">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Transactions per second.</returns>
    public static async Task<double> RunAsync(
        string pgbench, string script, BenchDatabase database, int clients, TimeSpan length,
        CancellationToken cancellation)
    {
        // Its clock runs while it connects, so on a busy machine there may be fewer seconds left than asked for.
        for (var warmUp = WarmUp; warmUp < LongestWarmUp; warmUp *= 3)
        {
            var seconds = await EverySecondAsync(
                pgbench, script, database, clients, warmUp + length, cancellation);
            if (seconds.Count > length.TotalSeconds / 2)
            {
                return seconds.Skip(1).TakeLast((int)length.TotalSeconds).Average();
            }
        }

        throw new BenchException($"pgbench does not get {clients} connections within {LongestWarmUp.TotalSeconds:0} s");
    }

    /// <returns>Transactions in each second.</returns>
    private static async Task<List<double>> EverySecondAsync(
        string pgbench, string script, BenchDatabase database, int clients, TimeSpan length,
        CancellationToken cancellation)
    {
        var output = await Command.SucceedsAsync(
            pgbench,
            [
                "--no-vacuum", "--protocol=prepared", $"--client={clients}", "--jobs=2",
                $"--file={Path.Combine(AppContext.BaseDirectory, "Baselines", script)}",
                $"--time={length.TotalSeconds:0}", "--progress=1",
                $"--define=title={SampleTexts.Title}", $"--define=description={SampleTexts.Description}",
                $"--define=tickets={SampleSql.StoredTickets}", $"--define=payload={Payload}",
                $"--define=headers={Headers}", database.Url.AbsoluteUri,
            ],
            new Dictionary<string, string>(), cancellation);
        return [.. EverySecond().Matches(output)
            .Select(m => double.Parse(m.Groups["tps"].Value, CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex("^progress: [0-9.]+ s, (?<tps>[0-9.]+) tps", RegexOptions.Multiline)]
    private static partial Regex EverySecond();
}
