using System.Net;
using System.Text.Json;
using Xunit.Sdk;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>One of the services, as a process of the operating system.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string TicketApi = "ServiceDesk.TicketApi";
    public const string OutboxRelay = "ServiceDesk.OutboxRelay";
    public const string Notifier = "ServiceDesk.Notifier";
    public const string Operator = "ServiceDesk.Operator";

    private const string Listening = "Now listening on: ";

    private readonly ChildProcess _process;

    private ServiceProcess(string project, ChildProcess process, Uri address)
    {
        Project = project;
        _process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Project { get; }

    /// <summary>Talks to the service; everything it exposes is HTTP.</summary>
    public HttpClient Http { get; }

    public ProcessOutput Output => _process.Output;

    /// <summary>The exit code, once it has ended.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Starts a service and waits until it listens, which says nothing about whether it is ready.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string project, IEnumerable<KeyValuePair<string, string>> settings)
    {
        // Port 0: the system chooses, so that any number can run side by side.
        var environment = new Dictionary<string, string>(settings);
        environment.TryAdd("HTTP_ADDR", "127.0.0.1:0");
        environment.TryAdd("METRICS_ADDR", "127.0.0.1:0");
        var process = ChildProcess.StartProgram(project, [], environment);
        try
        {
            var line = await process.Output.LineAsync(
                "where it listens", l => l.Contains(Listening, StringComparison.Ordinal));
            // A line of JSON, or plain in development. Every interface is nowhere to connect to.
            var address = line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split('"')[0]
                .Replace("[::]", "localhost", StringComparison.Ordinal);
            return new ServiceProcess(project, process, new Uri(address));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a service and waits until it says that it is ready.</summary>
    public static async Task<ServiceProcess> StartReadyAsync(
        string project, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var service = await StartAsync(project, settings);
        try
        {
            await service.IsReadyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public Task IsReadyAsync() =>
        Eventually.SeesAsync("the service is ready", ReadinessAsync, r => r.Status == HttpStatusCode.OK);

    public async Task<(HttpStatusCode Status, string Body)> ReadinessAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("readyz");
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException) when (_process.HasDied())
        {
            throw new XunitException($"{Project} died: {_process}");
        }
    }

    public async Task<MetricsPage> MetricsAsync() => MetricsPage.Parse(await Http.GetStringAsync("metrics"));

    /// <summary>The JSON log lines whose message begins so; the services log nothing but JSON.</summary>
    public IReadOnlyList<JsonElement> Log(string message) =>
        [.. Output.Standard.Where(l => l.Contains(message, StringComparison.Ordinal))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Where(l => l.GetProperty("Message").GetString()!.StartsWith(message, StringComparison.Ordinal))];

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync(TimeSpan limit)
    {
        _process.Send(PosixSignals.Terminate);
        return _process.ExitCodeAsync(limit);
    }

    public void Freeze() => _process.Send(PosixSignals.Stop);

    public void Thaw() => _process.Send(PosixSignals.Continue);

    /// <summary>Without warning, as a crash or the kernel does.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
