using System.Diagnostics;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Baselines;

/// <summary>What every ticket has to wait for: its own commit, the broker's acknowledgement, and the commit of its
/// effect. Each is measured alone, one after the other on an idle system.</summary>
internal static class WaitFloor
{
    private const int Samples = 500;
    private const int WarmUp = 50;

    public static async Task<Latencies> MeasureAsync(BenchRun bench, BenchSystem system)
    {
        await system.Database.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text)",
            bench.Cancellation);
        await using var topic = await BenchTopic.CreateAsync(bench.Servers, partitions: 1, bench.Cancellation);
        using var producer = BareProducer.Create(bench.Servers.Kafka);

        var floor = new Latencies();
        for (var i = 0; i < WarmUp + Samples; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await CommitAsync(bench, system);
            await producer.ProduceAsync(
                topic.Name, new() { Value = new byte[SampleTexts.Description.Length] }, bench.Cancellation);
            await CommitAsync(bench, system);
            if (i >= WarmUp)
            {
                floor.Add(Stopwatch.GetElapsedTime(started));
            }
        }

        return floor;
    }

    private static async Task CommitAsync(BenchRun bench, BenchSystem system)
    {
        await using var insert = system.Database.ServiceSource.CreateCommand(
            "INSERT INTO bench_floor (text) VALUES ($1)");
        insert.Parameters.Add(new() { Value = SampleTexts.Description });
        await insert.ExecuteNonQueryAsync(bench.Cancellation);
    }
}
