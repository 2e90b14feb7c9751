using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Empties the pool when a statement is answered with 25006: the server behind a session that could write has
/// stopped taking writes. Npgsql has no hook for failed statements, so it listens where exceptions are thrown, which no
/// caller can forget.</summary>
internal sealed partial class ReadOnlyAnswers(NpgsqlDataSource database, ILogger<ReadOnlyAnswers> logger)
    : IHostedService
{
    private int _isClearing;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        AppDomain.CurrentDomain.FirstChanceException += OnThrown;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        AppDomain.CurrentDomain.FirstChanceException -= OnThrown;
        return Task.CompletedTask;
    }

    private void OnThrown(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction }
            && Interlocked.Exchange(ref _isClearing, 1) == 0)
        {
            // Closing sessions talks to the server, and whoever is throwing has other things to do.
            ThreadPool.UnsafeQueueUserWorkItem(static answers => answers.Clear(), this, preferLocal: false);
        }
    }

    private void Clear()
    {
        LogCleared();
        // Reset first: what is answered from here on clears again.
        Volatile.Write(ref _isClearing, 0);
        database.Clear();
    }

    [LoggerMessage(LogLevel.Warning,
        "Postgres takes no writes any more (25006): all sessions are closed, new ones look for a server that does")]
    private partial void LogCleared();
}
