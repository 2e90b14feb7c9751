using Microsoft.Extensions.Hosting;

namespace ServiceDesk.AppHost.Running;

/// <summary>Stops the services before the servers they talk to. Stopped all at once, they would spend seconds sending
/// telemetry to a dashboard that is gone, and log errors about the database.</summary>
internal sealed class ServicesFirst(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceCommandService commands)
    : IHostedService
{
    /// <summary>As long as a service may take; what is not stopped by then is ended with the rest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await Task.WhenAll(model.Services().Where(MayRun)
                .Select(service =>
                    commands.ExecuteCommandAsync(service, KnownResourceCommands.StopCommand, limit.Token)))
                .WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The rest of the shutdown ends it.
        }
    }

    /// <summary>Stopping what never started or has ended is never answered. Replicas share no state.</summary>
    private bool MayRun(IResource service) => !notifications.TryGetCurrentState(service.Name, out var current)
        || current.Snapshot.State?.Text == KnownResourceStates.Running;
}
