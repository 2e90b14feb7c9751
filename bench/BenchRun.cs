using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench;

/// <summary>What every case is given.</summary>
/// <param name="Servers">Where Postgres and Kafka are.</param>
/// <param name="Sizes">How much, how long, how often.</param>
/// <param name="Report">Where the figures go.</param>
/// <param name="Cancellation">Fires when the run is to end before it is complete.</param>
internal sealed record BenchRun(ServerAddresses Servers, Sizes Sizes, Report Report, CancellationToken Cancellation);
