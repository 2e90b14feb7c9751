using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Holds background work back until the migration has run. All parts of a service wait together, so it is
/// logged once for all of them.</summary>
public sealed partial class SchemaGate(
    Schema schema, IHostApplicationLifetime host, TimeProvider time, ILogger<SchemaGate> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task? _opening;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task opening;
        lock (_gate)
        {
            // Those who wait stop by their own tokens; the look itself outlives them all.
            opening = _opening ??= OpenAsync(host.ApplicationStopped);
        }

        await opening.WaitAsync(cancellationToken);
        // Waiters would otherwise go on one after the other on one thread, and a consume loop never gives it back.
        await Task.Yield();
    }

    private async Task OpenAsync(CancellationToken stopped)
    {
        string? reported = null;
        while (await schema.ProblemAsync(stopped) is { } problem)
        {
            if (problem != reported)
            {
                LogWaiting(problem);
                reported = problem;
            }

            await Task.Delay(Interval, time, stopped);
        }

        if (reported is not null)
        {
            LogReady();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting, not ready: {Problem}")]
    private partial void LogWaiting(string problem);

    [LoggerMessage(LogLevel.Information, "The database is ready, starting work")]
    private partial void LogReady();
}
