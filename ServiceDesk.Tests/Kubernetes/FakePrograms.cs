using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>Programs first on the PATH of a script under test: they note how they are called, and answer what the test
/// says.</summary>
internal sealed class FakePrograms : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, List<string>> _cases = [];

    /// <summary>Every call so far, such as "kubectl get pods".</summary>
    public IReadOnlyList<string> Calls => File.Exists(CallFile) ? File.ReadAllLines(CallFile) : [];

    /// <summary>A folder for what answers keep; they know it as $STATE.</summary>
    public string State => _folder.FullName;

    private string CallFile => Path.Combine(State, "calls");

    /// <param name="program">The program's name.</param>
    /// <param name="call">A pattern of the shell for its arguments; the first one that fits answers.</param>
    /// <param name="answers">Shell commands, one for each call; the last one goes on answering.</param>
    public FakePrograms On(string program, string call, params string[] answers)
    {
        var cases = _cases.TryGetValue(program, out var known) ? known : _cases[program] = [];
        var counter = $"$STATE/{program}-{cases.Count}";
        var turns = answers.Index().Select(a => a.Index == answers.Length - 1
            ? $"*) {a.Item} ;;"
            : $"{a.Index + 1}) {a.Item} ;;");
        cases.Add($$"""
            call='{{call}}'
            if [[ "$*" == $call ]]; then
                echo >>"{{counter}}"
                case $(wc -l <"{{counter}}") in
                {{string.Join('\n', turns)}}
                esac
                exit
            fi
            """);
        return this;
    }

    /// <summary>Runs a script of the repository to its end.</summary>
    public async Task<(int ExitCode, ProcessOutput Output)> RunAsync(
        string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        foreach (var (program, cases) in _cases)
        {
            Write(program, cases);
        }

        await using var process = ChildProcess.Start(
            "bash", [Path.Combine(ManifestFiles.Root, script), .. arguments],
            [
                KeyValuePair.Create("STATE", State),
                KeyValuePair.Create("PATH", $"{State}:{Environment.GetEnvironmentVariable("PATH")}"),
                .. environment.Select(e => KeyValuePair.Create(e.Name, e.Value)),
            ]);
        return (await process.ExitCodeAsync(TimeSpan.FromMinutes(2)), process.Output);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string program, List<string> cases)
    {
        var file = _folder.Write(program, $"""
            #!/usr/bin/env bash
            echo "{program} $*" >>"$STATE/calls"
            {string.Join('\n', cases)}
            echo "{program} $*: not expected" >&2
            exit 99

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
