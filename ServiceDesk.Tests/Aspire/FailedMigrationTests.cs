using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed class FailedMigrationTests
{
    [Fact]
    public async Task A_migration_that_fails_keeps_the_services_from_starting_and_says_why()
    {
        using var limit = new CancellationTokenSource(RunningSystem.StartLimit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ServiceDesk_AppHost>([
            "--infrastructure", "external", "--ConnectionStrings:servicedesk", "Host=nowhere",
            "--ConnectionStrings:kafka", "nowhere:1"]);
        // No server is needed to fail at reading the settings, so none is waited for.
        RemoveHealthChecks(builder, "kafka");
        builder.CreateResourceBuilder<ProjectResource>("migrator")
            .WithEnvironment("Migrator__StartTimeout", "00:00:00");
        await using var application = await builder.BuildAsync();
        await application.StartAsync(limit.Token);

        var migrator = await application.ResourceNotifications.WaitForResourceAsync(
            "migrator", e => e.Snapshot.ExitCode is not null, limit.Token);

        Assert.Equal(2, migrator.Snapshot.ExitCode);
        foreach (var service in RunningSystem.Services)
        {
            await application.ResourceNotifications.WaitForResourceAsync(
                service, KnownResourceStates.FailedToStart, limit.Token);
        }

        Assert.True(await LogHasAsync(
            application, migrator.ResourceId, "Migrator:StartTimeout is '00:00:00': must be between", limit.Token));
    }

    private static void RemoveHealthChecks(IDistributedApplicationTestingBuilder builder, string name)
    {
        var resource = builder.Resources.Single(r => r.Name == name);
        foreach (var check in resource.Annotations.OfType<HealthCheckAnnotation>().ToList())
        {
            resource.Annotations.Remove(check);
        }
    }

    private static async Task<bool> LogHasAsync(
        DistributedApplication application, string resource, string text, CancellationToken cancellation)
    {
        var logs = application.Services.GetRequiredService<ResourceLoggerService>();
        await foreach (var lines in logs.WatchAsync(resource).WithCancellation(cancellation))
        {
            if (lines.Any(line => line.Content.Contains(text, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
