using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

/// <summary>The AppHost as a program, as `dotnet run` starts it.</summary>
internal static class AppHostProgram
{
    /// <summary>Longer than any step takes that does not start the system.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>The AppHost's project folder in the repository.</summary>
    public static string Folder => Projects.ServiceDesk_AppHost.ProjectPath;

    public static ChildProcess Start(
        IEnumerable<string> arguments, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        // Tests that a script started in the background ignore SIGINT, and what they start inherits that.
        string[] withInterrupt = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : [];
        string[] command = [.. withInterrupt, .. Programs.CommandOf("ServiceDesk.AppHost"), .. arguments];
        return ChildProcess.Start(command[0], command[1..], environment);
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        params IEnumerable<string> arguments)
    {
        await using var program = Start(arguments);
        var code = await program.ExitCodeAsync(Limit);
        return (code, Text(program.Output.Standard), Text(program.Output.Errors));
    }

    private static string Text(IEnumerable<string> lines) => string.Join('\n', lines);
}
