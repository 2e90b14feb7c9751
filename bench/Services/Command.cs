using System.Diagnostics;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Services;

/// <summary>Programs that run to their end.</summary>
internal static class Command
{
    private const int ShownCharacters = 2000;

    /// <returns>What it printed.</returns>
    /// <exception cref="BenchException">It failed; the message has the end of its output.</exception>
    public static async Task<string> SucceedsAsync(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment,
        CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        InheritedSettings.RemoveFrom(process.StartInfo.Environment);
        foreach (var (name, value) in environment)
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation) + await errors;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? output
                : throw new BenchException(
                    $"{Path.GetFileName(program)} ended with {process.ExitCode}: "
                    + $"{output[^Math.Min(output.Length, ShownCharacters)..]}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
