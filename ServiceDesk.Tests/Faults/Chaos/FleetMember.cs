using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>A place in the fleet, where one process runs after another; one fault at a time may touch it.</summary>
internal sealed class FleetMember(string project, int number, Dictionary<string, string> settings) : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings = WithPort(settings);
    private readonly List<ProcessOutput> _outputs = [];
    private readonly List<string> _deaths = [];
    private volatile ServiceProcess? _process;

    public string Project => project;

    public string Name => $"{project[(project.IndexOf('.', StringComparison.Ordinal) + 1)..]} {number}";

    /// <summary>Host and port of every process in this place, as those that scrape it know.</summary>
    public string Endpoint => _settings["HTTP_ADDR"];

    /// <summary>Where the process of the moment answers, or null while there is none.</summary>
    public Uri? Address => _process?.Http.BaseAddress;

    public async Task StartAsync()
    {
        var started = await ServiceProcess.StartAsync(project, _settings);
        lock (_outputs)
        {
            _outputs.Add(started.Output);
        }

        _process = started;
    }

    /// <summary>The process of the moment; a new one when the last has died.</summary>
    public async Task<ServiceProcess> RunningAsync()
    {
        await BuryAsync();
        if (_process is null)
        {
            await StartAsync();
        }

        return _process!;
    }

    public async Task KillAsync()
    {
        await BuryAsync();
        if (_process is { } process)
        {
            await process.KillAsync();
            await ForgetAsync();
        }
    }

    /// <summary>Asks the process to stop, and waits until it has.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await BuryAsync();
        if (_process is not { } process)
        {
            return;
        }

        try
        {
            var exit = await process.StopAsync(limit);
            Assert.True(
                exit == 0, $"{Name} was asked to stop, and ended with {exit}.{Environment.NewLine}{process.Output}");
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException(
                $"{Name} did not stop in {limit}.{Environment.NewLine}{process.Output}");
        }
        finally
        {
            await ForgetAsync();
        }
    }

    /// <summary>What is known of processes that ended by themselves.</summary>
    public async Task<IReadOnlyList<string>> DeathsAsync()
    {
        await BuryAsync();
        return _deaths;
    }

    /// <summary>The log lines, of all processes that were here, that mention something.</summary>
    public IEnumerable<string> Lines(string mentioned)
    {
        lock (_outputs)
        {
            return [.. from output in _outputs
                       from line in output.Standard
                       where line.Contains(mentioned, StringComparison.Ordinal)
                       select $"{Name}: {line}"];
        }
    }

    public ValueTask DisposeAsync() => ForgetAsync();

    private static Dictionary<string, string> WithPort(Dictionary<string, string> settings)
    {
        var endpoint = $"127.0.0.1:{FreePort.Find()}";
        return new Dictionary<string, string>(settings) { ["HTTP_ADDR"] = endpoint, ["METRICS_ADDR"] = endpoint };
    }

    private async ValueTask BuryAsync()
    {
        if (_process is { Exited.IsCompleted: true } dead)
        {
            _deaths.Add($"{Name} ended by itself with {await dead.Exited}:{Environment.NewLine}{dead.Output}");
            await ForgetAsync();
        }
    }

    private async ValueTask ForgetAsync()
    {
        if (_process is { } ended)
        {
            _process = null;
            await ended.DisposeAsync();
        }
    }
}
