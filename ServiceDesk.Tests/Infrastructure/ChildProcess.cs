using System.Diagnostics;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A process that a test starts: it gets only the given settings, its output is kept, and disposing
/// always ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Output.AddStandard(line.Data);
        _process.ErrorDataReceived += (_, line) => Output.AddError(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = EndAsync();
    }

    public ProcessOutput Output { get; } = new();

    public int Id => _process.Id;

    /// <summary>The exit code, once the process has ended and its output is read to the end.</summary>
    public Task<int> Exited { get; }

    /// <summary>Starts one of our programs.</summary>
    public static ChildProcess StartProgram(
        string project, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var command = Programs.CommandOf(project);
        return Start(command[0], [.. command.Skip(1), .. arguments], environment);
    }

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        InheritedSettings.RemoveFrom(start.Environment);
        // Processes that live for seconds only pay for profiling what they run, and never gain from it.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start);
    }

    public void Send(int signal)
    {
        Assert.False(_process.HasExited, $"The process has ended already: {this}");
        PosixSignals.Send(Id, signal);
    }

    public Task<int> ExitCodeAsync(TimeSpan? limit = null) => Exited.WaitAsync(limit ?? Eventually.Limit);

    /// <summary>Whether it ended by itself; a process that resets connections needs a moment to be gone.</summary>
    public bool HasDied() => _process.WaitForExit(TimeSpan.FromSeconds(5));

    public override string ToString() =>
        $"exit code {(_process.HasExited ? _process.ExitCode : "none")}{Environment.NewLine}{Output}";

    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill(entireProcessTree: true);
            await Exited.WaitAsync(KillLimit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        Output.End();
        return _process.ExitCode;
    }
}
