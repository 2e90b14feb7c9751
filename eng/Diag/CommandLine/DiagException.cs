namespace Diag.CommandLine;

/// <summary>An end of the command that a person can act on: one line, no stack trace.</summary>
internal sealed class DiagException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static DiagException Usage(string message) => new(CommandLine.ExitCode.Usage, message);

    public static DiagException NotFound(string message) => new(CommandLine.ExitCode.NotFound, message);

    public static DiagException Unavailable(string message) => new(CommandLine.ExitCode.Unavailable, message);
}
