using Microsoft.FluentUI.AspNetCore.Components;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Operator.Actions;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Events;
using ServiceDesk.Operator.Letters;
using ServiceDesk.Operator.Pages;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Pipeline;
using ServiceDesk.Operator.Security;
using ServiceDesk.Operator.Tickets;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator;

/// <summary>The console: an HTTP API and pages on the same queries and actions.</summary>
internal static class OperatorApp
{
    /// <summary>A changed message travels to the server in one piece, twice as large as the largest payload.</summary>
    private const long LargestPageMessage = 600 * 1024;

    /// <exception cref="SettingsException">A setting cannot be used, or the token is missing.</exception>
    public static WebApplication Build(ServiceInfo service, string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder([ServiceInfo.NoReload, .. args]);
        // Outside development a build's own folder has no assets of packages otherwise; what is published has them.
        builder.WebHost.UseStaticWebAssets();
        builder.AddServiceDefaults(service);
        builder.AddDatabase(service.Name, DiagSettings.Role, DatabaseExtensions.ByIndex);
        var settings = builder.AddSettings<OperatorSettings>();
        AddKafka(builder);
        builder.AddSecurity(settings);
        builder.AddApi();
        builder.Services.AddSingleton<EventStore>();
        builder.Services.AddSingleton<LetterStore>();
        builder.Services.AddSingleton<ActionStore>();
        builder.Services.AddSingleton<PauseStore>();
        builder.Services.AddSingleton<TicketStore>();
        builder.Services.AddSingleton<ActionRunner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ActionRunner>());
        builder.Services.AddSingleton<LetterIndexer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LetterIndexer>());
        builder.Services.AddHostedService<LetterRetention>();
        builder.Services.AddSingleton<PipelineMonitor>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PipelineMonitor>());
        builder.Services.AddSingleton<GroupMonitor>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GroupMonitor>());
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(o => o.DisconnectedCircuitMaxRetained = 20)
            .AddHubOptions(o => o.MaximumReceiveMessageSize = LargestPageMessage);
        builder.Services.AddFluentUIComponents();
        builder.Services.AddScoped<ViewerTime>();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UseApiProblems();
        app.UseSecurity();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapApi();
        // Security sets the policy of all pages.
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    private static void AddKafka(WebApplicationBuilder builder)
    {
        var kafka = builder.AddSettings<KafkaSettings>();
        builder.AddReplaceableProducer(config =>
        {
            config.Acks = Confluent.Kafka.Acks.All;
            config.EnableIdempotence = true;
            config.Partitioner = Confluent.Kafka.Partitioner.Murmur2Random;
            config.MessageTimeoutMs = (int)DiagSettings.AnswerTimeout.TotalMilliseconds;
        });
        // The same questions to Kafka as the commands ask.
        builder.Services.AddSingleton(new DiagSettings(
            DatabaseUrl: null, ConnectionString: null,
            builder.Configuration.GetConnectionString(ConnectionNames.Kafka)!,
            kafka.Topic, kafka.DeadLetterTopic, kafka.GroupId)
        {
            Configuration = builder.Configuration,
        });
    }
}
