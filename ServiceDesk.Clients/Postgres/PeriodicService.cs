using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Does a small job again and again once the schema is there; an outage skips a round, a bug is logged with
/// its stack, and neither ends the service.</summary>
public abstract partial class PeriodicService(TimeSpan interval, SchemaGate schema, TimeProvider time, ILogger logger)
    : BackgroundService
{
    protected abstract Task RunOnceAsync(CancellationToken cancellation);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception away) when (DatabaseFailure.IsOutage(away))
            {
                LogSkipped(GetType().Name, away.Message);
            }
            catch (Exception bug) when (bug is not OperationCanceledException)
            {
                LogFailed(bug, GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "{Job} skipped a round, the database does not serve: {Reason}")]
    private partial void LogSkipped(string job, string reason);

    [LoggerMessage(LogLevel.Error, "{Job} failed a round")]
    private partial void LogFailed(Exception bug, string job);
}
