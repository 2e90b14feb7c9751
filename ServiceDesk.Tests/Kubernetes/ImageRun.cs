using System.Reflection;
using LocalPostgres;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>A container of one of our images, as narrow as the manifests make it and narrower: any user, nothing to
/// write to, 128 MiB, a tenth of a processor.</summary>
internal sealed class ImageRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Bounds =
    [
        "--user", "12345:54321", "--read-only", "--memory", "128m", "--cpus", "0.1", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges",
    ];

    private readonly ChildProcess _process;
    private readonly string _name;

    private ImageRun(string image, IEnumerable<(string Name, string Value)> environment)
    {
        _name = $"servicedesk-test-{Guid.NewGuid():N}";
        _process = ChildProcess.Start(
            Runtime!,
            ["run", "--rm", "--name", _name, "--publish", "127.0.0.1::8080", .. Bounds,
                .. environment.SelectMany(e => new[] { "--env", $"{e.Name}={e.Value}" }), NameOf(image)],
            []);
    }

    /// <summary>The first container runtime that answers, or null.</summary>
    public static string? Runtime { get; } = Array.Find(
        ["docker", "podman"],
        name => ProgramsOnPath.Find(name) is not null && CommandRun.Of([name, "info"], Limit).Succeeded);

    public ChildProcess Process => _process;

    public static string NameOf(string image)
    {
        var version = typeof(ServiceInfo).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return $"servicedesk/{image}:{Environment.GetEnvironmentVariable("IMAGE_TAG") ?? version}";
    }

    public static ImageRun Start(string image, params (string Name, string Value)[] environment) =>
        new(image, environment);

    /// <summary>Where its port 8080 is reached, once it runs.</summary>
    public async Task<Uri> AddressAsync()
    {
        var address = "";
        await Eventually.IsTrueAsync("the container has a port", () =>
        {
            Assert.False(_process.Exited.IsCompleted, _process.ToString());
            var port = CommandRun.Of([Runtime!, "port", _name, "8080/tcp"], Limit);
            address = port.Output.Split('\n')[0].Trim();
            return Task.FromResult(port.Succeeded && address != "");
        });
        return new Uri($"http://{address}/");
    }

    public async ValueTask DisposeAsync()
    {
        CommandRun.Of([Runtime!, "rm", "--force", _name], Limit);
        await _process.DisposeAsync();
    }
}
