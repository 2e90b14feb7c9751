using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Does a small job again and again once the schema is there; an outage skips a round, a bug is logged with
/// its stack, and neither ends the service.</summary>
public abstract partial class PeriodicService(TimeSpan interval, SchemaGate schema, TimeProvider time, ILogger logger)
    : BackgroundService
{
    private readonly LogPace _pace = new(time);

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
                if (_pace.Next(away.Message) is { } reason)
                {
                    LogSkipped(GetType().Name, reason);
                }
            }
            catch (Exception bug) when (bug is not OperationCanceledException)
            {
                if (_pace.Next(bug.Message) is { } reason)
                {
                    LogFailed(bug, GetType().Name, reason);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "{Job} skipped a round, the database does not serve: {Reason}")]
    private partial void LogSkipped(string job, string reason);

    [LoggerMessage(LogLevel.Error, "{Job} failed a round: {Reason}")]
    private partial void LogFailed(Exception bug, string job, string reason);
}
