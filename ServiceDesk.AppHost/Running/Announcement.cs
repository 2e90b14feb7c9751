using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using ServiceDesk.AppHost.Infrastructure;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Running;

/// <summary>Says when everything is ready and what to do then, or what did not start.</summary>
internal sealed class Announcement(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService logs,
    Servers servers, AddressFile addresses, IConfiguration configuration, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const int LastLines = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is told to stop ends before this does, and has not failed.
        using var first = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            var failure = FailureAsync(first.Token);
            if (await Task.WhenAny(ReadyAsync(first.Token), failure) == failure)
            {
                await ComplainAsync(await failure, first.Token);
            }
            else
            {
                first.Token.ThrowIfCancellationRequested();
                await addresses.WriteAsync(model, servers, first.Token);
                Console.Out.WriteLine(WhatToDo());
            }

            await first.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        addresses.Delete();
        await base.StopAsync(cancellationToken);
    }

    private Task<ResourceEvent[]> ReadyAsync(CancellationToken cancellation) => Task.WhenAll(
        from resource in model.Services().Append(servers.Database.Resource).Append(servers.Kafka.Resource)
        select notifications.WaitForResourceHealthyAsync(
            resource.Name, WaitBehavior.WaitOnResourceUnavailable, cancellation));

    /// <returns>The first resource that ended when it should not have.</returns>
    private async Task<ResourceEvent> FailureAsync(CancellationToken cancellation)
    {
        await foreach (var change in notifications.WatchAsync(cancellation))
        {
            if (change.Snapshot.State?.Text == KnownResourceStates.FailedToStart || HasFailed(change))
            {
                return Cause() ?? change;
            }
        }

        throw new OperationCanceledException(cancellation);
    }

    /// <summary>What waits for a program that failed does not start, and may be heard of first.</summary>
    private ResourceEvent? Cause() => model.Resources
        .Select(resource => notifications.TryGetCurrentState(resource.Name, out var state) ? state : null)
        .FirstOrDefault(state => state is not null && HasFailed(state));

    private static bool HasFailed(ResourceEvent change) => change.Snapshot.ExitCode is not (null or 0);

    private string WhatToDo() => model.UrlOf("ticket-api", "http") is { } api
        ? $$"""

            ServiceDesk is ready. Post a ticket:

              curl -i {{api}}/tickets -H 'Content-Type: application/json' \
                -d '{"title":"Printer on fire","description":"Room 4.12, second floor"}'

            and see where it went: scripts/diag.sh outbox, peek, processed. Ctrl-C stops everything.

            """
        : "Postgres and Kafka are ready.";

    private async Task ComplainAsync(ResourceEvent failed, CancellationToken cancellation)
    {
        var lines = new Queue<string>();
        await foreach (var batch in logs.GetAllAsync(failed.ResourceId).WithCancellation(cancellation))
        {
            foreach (var line in batch)
            {
                lines.Enqueue(line.Content);
            }
        }

        var end = failed.Snapshot.ExitCode is { } code ? $"ended with exit code {code}" : "did not start";
        Console.Error.WriteLine(
            string.Join('\n', [$"AppHost: {failed.Resource.Name} {end}:", .. lines.TakeLast(LastLines)]));
        if (!AppHostConfiguration.HasDashboard(configuration))
        {
            // Nobody could look into it.
            Environment.ExitCode = ExitCode.Failed;
            lifetime.StopApplication();
        }
    }
}
