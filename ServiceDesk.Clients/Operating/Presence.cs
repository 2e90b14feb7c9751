using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.ServiceDefaults;

namespace ServiceDesk.Clients.Operating;

/// <summary>Looks twice a second for what operators paused, and tells them now and then that this process is alive and
/// what it holds. While the database is away, what was paused stays so.</summary>
public sealed partial class Presence(
    NpgsqlDataSource database, ServiceInfo service, ServiceInstance instance, string stage, Func<string> holds,
    SchemaGate schema, TimeProvider time, ILogger<Presence> logger)
    : PeriodicService(TimeSpan.FromMilliseconds(500), schema, time, logger)
{
    private const string FindPauses =
        """
        -- find pauses
        SELECT scope, value FROM pauses WHERE stage = $1 ORDER BY scope, value
        """;

    private const string Tell =
        """
        -- tell presence
        INSERT INTO instances AS i (id, service, host, process_id, version, holds) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET seen_at = now(), holds = excluded.holds
        """;

    /// <summary>Those that ended without a word; one that was only frozen tells its presence anew.</summary>
    private const string Forget =
        """
        -- forget instances
        DELETE FROM instances WHERE seen_at < now() - interval '10 minutes'
        """;

    private const string Leave =
        """
        -- leave
        DELETE FROM instances WHERE id = $1
        """;

    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string Version =
        Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "";

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivePauses _pauses = ActivePauses.None;
    private long _told;

    public ActivePauses Pauses => Volatile.Read(ref _pauses);

    /// <summary>Returns when it is known what is paused: a service that has just started must not do what is.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await _looked.Task.WaitAsync(cancellation);
        await Task.Yield();
    }

    protected override async Task RunOnceAsync(CancellationToken cancellation)
    {
        await LookAsync(cancellation);
        if (_told == 0 || _time.GetElapsedTime(_told) >= TellInterval)
        {
            await TellAsync(cancellation);
            _told = _time.GetTimestamp();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_told == 0)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await using var leave = database.CreateCommand(Leave);
            leave.Parameters.Add(Value(instance.Id));
            await leave.ExecuteNonQueryAsync(limit.Token);
        }
        catch (Exception away) when (away is OperationCanceledException || DatabaseFailure.IsOutage(away))
        {
            // It is seen to be gone after a while.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var (all, types, tickets) = (false, new List<string>(), new List<Guid>());
        await using (var find = database.CreateCommand(FindPauses))
        {
            find.Parameters.Add(Value(stage));
            await using var row = await find.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                var value = row.GetString(1);
                switch (row.GetString(0))
                {
                    case "event_type":
                        types.Add(value);
                        break;
                    case "ticket" when Guid.TryParse(value, out var ticket):
                        tickets.Add(ticket);
                        break;
                    default:
                        all = true;
                        break;
                }
            }
        }

        var found = all || types.Count + tickets.Count > 0
            ? new ActivePauses(all, [.. types], [.. tickets])
            : ActivePauses.None;
        if (!found.IsSameAs(_pauses))
        {
            LogPaused(stage, found.All, string.Join(", ", found.EventTypes), string.Join(", ", found.Tickets));
        }

        Volatile.Write(ref _pauses, found);
        _looked.TrySetResult();
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Tell)
        {
            Parameters =
            {
                Value(instance.Id), Value(service.Name), Value(Environment.MachineName), Value(Environment.ProcessId),
                Value(Version), Value(holds()),
            },
        });
        batch.BatchCommands.Add(new(Forget));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    [LoggerMessage(LogLevel.Warning,
        "Pauses of {Stage} by operators: everything {All}, types [{Types}], tickets [{Tickets}]; the console or "
        + "DELETE FROM pauses ends them")]
    private partial void LogPaused(string stage, bool all, string types, string tickets);
}

public static class PresenceExtensions
{
    /// <param name="services">The service's parts.</param>
    /// <param name="stage">What it does: publishing or processing.</param>
    /// <param name="holds">What it holds, in words.</param>
    public static void AddPresence(
        this IServiceCollection services, string stage, Func<IServiceProvider, string> holds)
    {
        services.AddSingleton<ServiceInstance>();
        services.AddSingleton(provider => new Presence(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ServiceInfo>(),
            provider.GetRequiredService<ServiceInstance>(), stage, () => holds(provider),
            provider.GetRequiredService<SchemaGate>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Presence>>()));
        services.AddHostedService(provider => provider.GetRequiredService<Presence>());
    }
}
