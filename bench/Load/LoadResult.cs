using ServiceDesk.Bench.Measuring;

namespace ServiceDesk.Bench.Load;

/// <param name="Rate">Answers per second.</param>
/// <param name="Latencies">Request to complete answer, of each.</param>
internal sealed record LoadResult(double Rate, Latencies Latencies);
