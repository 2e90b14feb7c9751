using Microsoft.Extensions.Hosting;

namespace ServiceDesk.AppHost.Services;

internal static class OperatorConsole
{
    /// <summary>The operator's pages, for who develops: what is deployed has its own way to them.</summary>
    public static void AddOperator(
        this IDistributedApplicationBuilder builder, AppHostSettings settings,
        IResourceBuilder<IResourceWithConnectionString> database, IResourceBuilder<IResourceWithConnectionString> kafka,
        IResourceBuilder<ProjectResource> migrator)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        var console = builder.AddProject<Projects.ServiceDesk_Operator>("operator", o => o.ExcludeLaunchProfile = true)
            .WithConnections(database, kafka)
            .WithHttp(
                settings.OperatorAddress, nameof(settings.OperatorAddress), ("/", "Console"),
                ("/openapi/v1.json", "OpenAPI"))
            .WithIconName("PersonSupport")
            .WaitForCompletion(migrator);
        if (!builder.Environment.IsDevelopment())
        {
            // It lets nobody in without one; the dashboard shows it to who may see secrets.
            console.WithEnvironment("Operator__Token", builder.AddParameter(
                "operator-token", new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true));
        }

        if (AppHostConfiguration.HasDashboard(builder.Configuration)
            && builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[^1] is { Length: > 0 } dashboard)
        {
            console.WithEnvironment("Operator__TraceUrl", dashboard.TrimEnd('/') + "/traces/detail/{trace_id}");
        }
    }
}
