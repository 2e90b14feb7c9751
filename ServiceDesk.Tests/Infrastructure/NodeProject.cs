using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A folder of Node programs with the npm packages that they need, which are installed once, below
/// <c>.local</c>.</summary>
/// <param name="sources">The folder, from the repository's root on.</param>
/// <param name="name">Of the folder below <c>.local</c>.</param>
internal sealed class NodeProject(string sources, string name)
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string _sources = Path.Combine(ManifestFiles.Root, sources);
    private readonly string _installed = Path.Combine(ManifestFiles.Root, ".local", name);

    /// <returns>What the program wrote, once it has succeeded.</returns>
    public async Task<ProcessOutput> RunAsync(string program, params string[] arguments)
    {
        await InstallAsync();
        var (output, exitCode) = await StartAsync("node", [Path.Combine(_installed, program), .. arguments]);
        Assert.True(exitCode == 0, $"{program}: {output}");
        return output;
    }

    /// <summary>Runs a program of one of the packages, which may fail.</summary>
    public async Task<(ProcessOutput Output, int ExitCode)> RunPackageAsync(string program, params string[] arguments)
    {
        await InstallAsync();
        return await StartAsync(Path.Combine(_installed, "node_modules", ".bin", program), arguments);
    }

    /// <summary>Where a file of the folder is beside the packages.</summary>
    public string FileOf(string file) => Path.Combine(_installed, file);

    public async Task InstallAsync()
    {
        await Gate.WaitAsync();
        try
        {
            Directory.CreateDirectory(_installed);
            foreach (var file in Directory.GetFiles(_sources))
            {
                File.Copy(file, FileOf(Path.GetFileName(file)), overwrite: true);
            }

            var wanted = await File.ReadAllTextAsync(Path.Combine(_sources, "package.json"));
            var stamp = FileOf("installed.json");
            if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
            {
                var (output, exitCode) = await StartAsync(
                    "npm", ["install", "--prefix", _installed, "--no-audit", "--no-fund", "--no-package-lock",
                        "--ignore-scripts"]);
                Assert.True(exitCode == 0, $"npm install: {output}");
                await File.WriteAllTextAsync(stamp, wanted);
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<(ProcessOutput Output, int ExitCode)> StartAsync(
        string program, IEnumerable<string> arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, []);
        return (process.Output, await process.ExitCodeAsync(Limit));
    }
}
