using Npgsql;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;

namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>Wakes the relay when the API hints at new events. Hints may be lost, so the relay polls besides.</summary>
internal sealed partial class OutboxListener(
    NpgsqlDataSource database, DatabaseSettings settings, TimeProvider time, ILogger<OutboxListener> logger)
    : BackgroundService
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a hint it asks the server whether it has become a standby,
    /// which sends none.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _hints = new(0, 1);
    private readonly LogPace _pace = new(time);

    /// <summary>Whether hints arrive now.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Returns at the next hint, at one that came since the last call, or after <paramref
    /// name="longest"/>.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _hints.WaitAsync(longest, cancellation);

    /// <summary>Ends the current wait, or the next one.</summary>
    public void Wake()
    {
        try
        {
            _hints.Release();
        }
        catch (SemaphoreFullException)
        {
            // One hint is as good as many.
        }
    }

    public override void Dispose()
    {
        _hints.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.SessionsAreShared)
        {
            LogPolling();
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
            {
                IsListening = false;
                if (_pace.Next(lost.Message) is { } reason)
                {
                    LogLost(reason);
                }

                await Task.Delay(Reconnect, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        connection.Notification += (_, _) => Wake();
        await using (var listen = new NpgsqlCommand($"LISTEN {OutboxChannel.Name}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        IsListening = true;
        try
        {
            while (true)
            {
                if (!await connection.WaitAsync(Silence, cancellation))
                {
                    await connection.RequireWritableAsync();
                }
            }
        }
        catch (ReadOnlyServerException)
        {
            // The session is alive, and in the pool it would go on listening.
            database.Clear();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Wake-up hints are lost until the connection is back, polling meanwhile: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Information, "Behind a pooler no hint can be heard: events are found by polling alone")]
    private partial void LogPolling();
}
