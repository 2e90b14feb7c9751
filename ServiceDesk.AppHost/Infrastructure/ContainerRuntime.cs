using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Finds out whether containers can be run here, with the programs that Aspire itself would use.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly string[] Known = ["docker", "podman"];

    /// <returns>The first runtime whose server answers, or null.</returns>
    public static string? Find(IConfiguration configuration)
    {
        var set = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        return Array.Find(set is { Length: > 0 } ? [set] : Known, Answers);
    }

    private static bool Answers(string runtime)
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(runtime, ["info"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (probe is null)
            {
                return false;
            }

            // Read, so that a full pipe does not hold the program up; what it says does not matter.
            probe.BeginOutputReadLine();
            probe.BeginErrorReadLine();
            if (probe.WaitForExit(Limit))
            {
                return probe.ExitCode == 0;
            }

            probe.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            // Not installed.
            return false;
        }
    }
}
