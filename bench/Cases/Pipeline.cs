using System.Diagnostics;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>The three services together, as they run in life.</summary>
/// <param name="System">Where they run.</param>
/// <param name="Api">TicketApi.</param>
/// <param name="Relay">OutboxRelay.</param>
/// <param name="Notifier">Notifier.</param>
internal sealed record Pipeline(BenchSystem System, ServiceRun Api, ServiceRun Relay, ServiceRun Notifier)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public IReadOnlyList<ServiceRun> Services => [Api, Relay, Notifier];

    public static async Task<Pipeline> StartAsync(BenchSystem system, CancellationToken cancellation) => new(
        system,
        await system.StartAsync(ServicePrograms.TicketApi, cancellation),
        await system.StartAsync(ServicePrograms.OutboxRelay, cancellation),
        await system.StartAsync(ServicePrograms.Notifier, cancellation));

    /// <summary>Posts tickets in an open loop, and waits until the last one is processed.</summary>
    public async Task<IReadOnlyList<TimedRequest>> PostAsync(
        string name, int rate, TimeSpan length, CancellationToken cancellation)
    {
        var requests = await OpenLoop.RunAsync(Api.Address, name, rate, length, cancellation);
        await AllIsProcessedAsync(cancellation);
        return requests;
    }

    /// <summary>Posts tickets in a closed loop, and waits until the last one is processed.</summary>
    public async Task<LoadResult> SaturateAsync(int connections, TimeSpan length, CancellationToken cancellation)
    {
        var load = await ClosedLoop.RunAsync(
            Api.Address, _ => [HttpRequests.CreateTicket(Api.Address)], 201, connections, length, cancellation);
        await AllIsProcessedAsync(cancellation);
        return load;
    }

    /// <summary>Waits until every event in the outbox had its effect.</summary>
    public async Task AllIsProcessedAsync(CancellationToken cancellation)
    {
        var answered = Stopwatch.GetTimestamp();
        while (!await System.Database.ScalarAsync<bool>(SampleSql.EverythingIsProcessed, cancellation))
        {
            if (Stopwatch.GetElapsedTime(answered) > Limit)
            {
                throw new BenchException($"the tickets were not processed within {Limit.TotalMinutes:0} minutes");
            }

            await Task.Delay(LookInterval, cancellation);
        }
    }
}
