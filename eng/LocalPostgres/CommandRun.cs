using System.ComponentModel;
using System.Diagnostics;

namespace LocalPostgres;

/// <summary>What came of a program that was run to its end.</summary>
/// <param name="ExitCode">Null when it is not installed, or did not end in time.</param>
/// <param name="Output">Everything that it wrote to its two outputs.</param>
public sealed record CommandRun(int? ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <param name="command">The program and its arguments.</param>
    /// <param name="limit">It is killed after this time.</param>
    /// <param name="folder">Where it runs; null: here.</param>
    public static CommandRun Of(IReadOnlyList<string> command, TimeSpan limit, string? folder = null)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
            {
                WorkingDirectory = folder ?? "",
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (process.WaitForExit(limit) && output.Wait(limit))
            {
                return new(process.ExitCode, string.Concat(output.Result).Trim());
            }

            process.Kill(entireProcessTree: true);
            return new(null, $"{command[0]} did not end within {limit.TotalSeconds:0} s");
        }
        catch (Win32Exception missing)
        {
            return new(null, missing.Message);
        }
    }
}
