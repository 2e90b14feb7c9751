using Microsoft.Extensions.DependencyInjection;
using ServiceDesk.AppHost.Infrastructure;

namespace ServiceDesk.AppHost.Running;

internal static class RunningExtensions
{
    /// <summary>Announces when everything is ready, and stops everything in order.</summary>
    public static void AddRunning(
        this IDistributedApplicationBuilder builder, Servers servers, AppHostSettings settings)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(servers);
        builder.Services.AddSingleton(new AddressFile(settings.AddressFileFrom(builder.AppHostDirectory)));
        builder.Services.AddHostedService<Announcement>();
        builder.Services.AddHostedService<ServicesFirst>();
        // Not before what the services need to end is gone.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] = "true";
        builder.SpeakHttpOnly();
        if (!AppHostConfiguration.HasDashboard(builder.Configuration))
        {
            builder.SendNoTelemetry();
        }
    }

    /// <summary>Aspire gives services the dashboard's address even when it does not run; trying to reach it delays
    /// their stop by ten seconds.</summary>
    private static void SendNoTelemetry(this IDistributedApplicationBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
            builder.CreateResourceBuilder(project)
                .WithEnvironment(context => context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT"));
        }
    }

    /// <summary>No service here has a certificate, so nobody needs to be told that none is trusted.</summary>
    private static void SpeakHttpOnly(this IDistributedApplicationBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
#pragma warning disable ASPIRECERTIFICATES001 // In preview; a change of it would be an error of the build.
            builder.CreateResourceBuilder(project).WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        }
    }
}
