using Microsoft.Extensions.DependencyInjection;

namespace ServiceDesk.AppHost.Services;

internal static class ReplayCommand
{
    /// <summary>A button on the dashboard that replays failed events. The command does the work as a resource that is
    /// started on demand, so its log and outcome can be read there.</summary>
    public static IResourceBuilder<ProjectResource> WithReplayCommand(
        this IResourceBuilder<ProjectResource> relay,
        params IEnumerable<IResourceBuilder<IResourceWithConnectionString>> servers)
    {
        // An operator's tool, not a part of what is deployed.
        if (relay.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return relay;
        }

        var replay = relay.ApplicationBuilder
            .AddProject<Projects.ServiceDesk_Operator>("replay", o => o.ExcludeLaunchProfile = true)
            .WithArgs("replay", "--all")
            .WithConnections(servers)
            .WithParentRelationship(relay)
            .WithIconName("ArrowRepeatAll")
            .WithExplicitStart();

        return relay.WithCommand("replay-failed-events", "Replay failed events",
            context => StartAsync(replay.Resource, context),
            new CommandOptions
            {
                Description = "Gives every event that was parked as failed another try",
                ConfirmationMessage = "Replay all failed events?",
                IconName = "ArrowRepeatAll",
            });
    }

    private static async Task<ExecuteCommandResult> StartAsync(ProjectResource replay, ExecuteCommandContext context)
    {
        var started = await context.Services.GetRequiredService<ResourceCommandService>()
            .ExecuteCommandAsync(replay, KnownResourceCommands.StartCommand, context.CancellationToken);
        return started.Success ? CommandResults.Success($"Started; see the log of '{replay.Name}'") : started;
    }
}
