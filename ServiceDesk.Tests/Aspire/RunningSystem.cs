using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

/// <summary>The whole application as the AppHost composes it: containers if a runtime answers, local processes
/// otherwise. It uses free ports and its own data folder, so it runs beside a developer's own.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    /// <summary>Takes seconds on an idle machine, longer when containers must be pulled.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    public static readonly string[] Services = ["ticket-api", "outbox-relay", "notifier"];

    /// <summary>Arguments for a separate system whatever servers the environment names, without a dashboard.</summary>
    private static readonly string[] Own =
        ["--ConnectionStrings:servicedesk=", "--ConnectionStrings:kafka=", "--dashboard=false"];

    /// <summary>Arguments that give the servers free ports; Aspire's testing does so for the services.</summary>
    public static readonly string[] FreePorts =
        ["--ServiceDesk:PostgresPort", "0", "--ServiceDesk:KafkaPort", "0", "--ServiceDesk:KafkaControlPort", "0"];

    private readonly IDistributedApplicationTestingBuilder _builder;
    private readonly DistributedApplication _application;

    private RunningSystem(IDistributedApplicationTestingBuilder builder, DistributedApplication application) =>
        (_builder, _application) = (builder, application);

    public static Task<RunningSystem> StartAsync(TemporaryFolder data, params string[] arguments) =>
        StartAsync(data, traces: null, arguments);

    public static async Task<RunningSystem> StartAsync(
        TemporaryFolder data, TraceCollector? traces, params string[] arguments)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ServiceDesk_AppHost>([
            "--ServiceDesk:DataFolder", data.FullName, .. Own, .. FreePorts, .. arguments]);
        LetPostgresIn(data);
        RemoveVolumes(builder);
        SendTraces(builder, traces);
        var system = new RunningSystem(builder, await builder.BuildAsync());
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            await system._application.StartAsync(limit.Token);
            foreach (var service in Services)
            {
                await system._application.ResourceNotifications.WaitForResourceHealthyAsync(
                    service, WaitBehavior.StopOnResourceUnavailable, limit.Token);
            }

            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client(string service) => _application.CreateHttpClient(service, "http");

    /// <summary>The addresses that the dashboard shows as links, with the resource that each belongs to.</summary>
    public IEnumerable<(string Resource, Uri Address)> Links() =>
        from resource in _builder.Resources
        let state = _application.ResourceNotifications.TryGetCurrentState(resource.Name, out var current)
            ? current.Snapshot
            : null
        from url in state?.Urls ?? []
        let address = new Uri(url.Url)
        where !url.IsInternal && address.Scheme is "http" or "https"
        select (resource.Name, address);

    /// <summary>Everything that a resource has logged so far.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(string resource)
    {
        var lines = new List<string>();
        var logs = _application.Services.GetRequiredService<ResourceLoggerService>();
        await foreach (var batch in logs.GetAllAsync(_builder.Resources.Single(r => r.Name == resource)))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return lines;
    }

    /// <summary>What a button on the dashboard does.</summary>
    public Task<ExecuteCommandResult> CommandAsync(string resource, string command) =>
        _application.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(resource, command)
            .WaitAsync(Eventually.Limit);

    public async Task<NpgsqlDataSource> DatabaseAsync() =>
        NpgsqlDataSource.Create((await _application.GetConnectionStringAsync("servicedesk"))!);

    public async ValueTask DisposeAsync()
    {
        // Disposing alone leaves the processes to the orchestrator until this process ends.
        using var limit = new CancellationTokenSource(StopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
        await _builder.DisposeAsync();
    }

    /// <summary>PostgreSQL does not run as root, and must reach its data all the same.</summary>
    public static void LetPostgresIn(TemporaryFolder data)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                data.FullName,
                File.GetUnixFileMode(data.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>To the test instead of to the dashboard, which does not run in tests.</summary>
    private static void SendTraces(IDistributedApplicationTestingBuilder builder, TraceCollector? traces)
    {
        foreach (var service in traces is null ? [] : Services)
        {
            builder.CreateResourceBuilder<ProjectResource>(service)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", traces!.Address)
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        }
    }

    /// <summary>Containers would write into the volumes of the developer's own system.</summary>
    private static void RemoveVolumes(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var resource in builder.Resources)
        {
            foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>().ToList())
            {
                resource.Annotations.Remove(mount);
            }
        }
    }
}
