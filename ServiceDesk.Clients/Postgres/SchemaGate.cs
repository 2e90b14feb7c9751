using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Holds background work back until the migration has run; says so once, not at every look.</summary>
public sealed partial class SchemaGate(Schema schema, TimeProvider time, ILogger<SchemaGate> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task WaitAsync(CancellationToken cancellation)
    {
        string? reported = null;
        while (await schema.ProblemAsync(cancellation) is { } problem)
        {
            if (problem != reported)
            {
                LogWaiting(problem);
                reported = problem;
            }

            await Task.Delay(Interval, time, cancellation);
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
