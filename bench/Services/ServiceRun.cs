using System.Diagnostics;
using System.Net;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Services;

/// <summary>A service as an orchestrator runs it: a process of its own, its log in a file.</summary>
internal sealed class ServiceRun : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly FileInfo _log = new(Path.GetTempFileName());
    private readonly Process _process;

    private ServiceRun(string project, int port, IEnumerable<KeyValuePair<string, string>> settings)
    {
        Project = project;
        Address = new Uri($"http://127.0.0.1:{port}");
        // The shell only connects the file, and becomes the service.
        _process = new Process
        {
            StartInfo = new(
                "/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", _log.FullName, ServicePrograms.PathOf(project)])
            {
                WorkingDirectory = Path.GetTempPath(),
            },
        };
        InheritedSettings.RemoveFrom(_process.StartInfo.Environment);
        _process.StartInfo.Environment["HTTP_ADDR"] =
            _process.StartInfo.Environment["METRICS_ADDR"] = $"127.0.0.1:{port}";
        foreach (var (name, value) in settings)
        {
            _process.StartInfo.Environment[name] = value;
        }
    }

    public string Project { get; }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>From the start of the process until it answered that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Time on a processor so far, all cores together.</summary>
    public TimeSpan ProcessorTime => Refreshed().TotalProcessorTime;

    /// <summary>Memory that is resident now, in bytes.</summary>
    public long ResidentBytes => Refreshed().WorkingSet64;

    /// <summary>How much of that is pages of programs and libraries, which processes share, in bytes; null if the
    /// system does not tell.</summary>
    public long? ResidentFileBytes
    {
        get
        {
            const string Name = "RssFile:";
            var status = $"/proc/{_process.Id}/status";
            return File.Exists(status)
                && Array.Find(File.ReadAllLines(status), l => l.StartsWith(Name, StringComparison.Ordinal)) is { } line
                ? long.Parse(line[Name.Length..^"kB".Length].Trim(), Text.Culture) * 1024
                : null;
        }
    }

    /// <summary>The lines it has logged so far.</summary>
    public IEnumerable<string> LogLines()
    {
        using var stream = new FileStream(_log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <exception cref="BenchException">It ended, or did not get ready in time.</exception>
    public static async Task<ServiceRun> StartReadyAsync(
        string project, IEnumerable<KeyValuePair<string, string>> settings, CancellationToken cancellation)
    {
        var service = new ServiceRun(project, FreePort.Find(), settings);
        var started = Stopwatch.GetTimestamp();
        service._process.Start();
        try
        {
            await service.BecomesReadyAsync(cancellation);
            service.ReadyAfter = Stopwatch.GetElapsedTime(started);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_log.Exists)
        {
            return;
        }

        if (!_process.HasExited)
        {
            PosixSignals.Send(_process.Id, PosixSignals.Terminate);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        _log.Delete();
        _log.Refresh();
    }

    private async Task BecomesReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(http, cancellation))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > ReadyLimit)
            {
                var state = _process.HasExited
                    ? $"ended with {_process.ExitCode}"
                    : $"was not ready after {ReadyLimit.TotalSeconds:0} s";
                throw new BenchException(
                    $"{Project} {state}:{Environment.NewLine}"
                    + $"{string.Join(Environment.NewLine, LogLines().TakeLast(10))}");
            }

            await Task.Delay(ReadyInterval, cancellation);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync("readyz", cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Refreshed()
    {
        _process.Refresh();
        return _process;
    }
}
