using Microsoft.Extensions.Hosting;

namespace ServiceDesk.Tests.Faults;

/// <summary>A part of a service that fails, once the service runs, in a way nobody thought of.</summary>
internal sealed class FailingPart(IHostApplicationLifetime host) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        throw new NotSupportedException("nobody thought of this");
    }
}
