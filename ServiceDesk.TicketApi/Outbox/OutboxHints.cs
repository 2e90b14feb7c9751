using System.Threading.Channels;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;

namespace ServiceDesk.TicketApi.Outbox;

/// <summary>
/// Tells relays that there is something to claim, after the commit and at most once per <see cref="Spacing"/>. A hint
/// may be lost: relays poll as well. It is not part of the ticket's transaction, because a transaction that notifies
/// takes a database-wide lock when it commits.
/// </summary>
internal sealed partial class OutboxHints(NpgsqlDataSource database, TimeProvider time, ILogger<OutboxHints> logger)
    : BackgroundService
{
    /// <summary>Commits asynchronously: a NOTIFY writes no data, so waiting for the WAL flush buys nothing.</summary>
    private const string Notify =
        $"""
        -- hint at new events
        SELECT set_config('synchronous_commit', 'off', true), pg_notify('{OutboxChannel.Name}', '')
        """;

    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(2);

    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Send() => _due.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _due.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var notify = database.CreateCommand(Notify);
                await notify.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
            {
                // Every request reports the outage already.
                LogLost(LogLevel.Debug, outage.Message);
            }
            catch (NpgsqlException refused)
            {
                LogLost(LogLevel.Warning, refused.Message);
            }

            await Task.Delay(Spacing, time, stoppingToken);
        }
    }

    [LoggerMessage("A wake-up hint was lost, relays will poll: {Reason}")]
    private partial void LogLost(LogLevel level, string reason);
}

internal static class OutboxHintsExtensions
{
    public static void AddOutboxHints(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutboxHints>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<OutboxHints>());
    }
}
