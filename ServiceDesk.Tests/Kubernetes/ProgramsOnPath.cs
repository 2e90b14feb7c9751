namespace ServiceDesk.Tests.Kubernetes;

internal static class ProgramsOnPath
{
    /// <returns>Why a test that needs them cannot run, or null.</returns>
    public static string? Missing(params string[] programs) =>
        Array.Find(programs, p => !IsThere(p)) is { } missing ? $"{missing} is not on the PATH" : null;

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder =>
                File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, $"{program}.exe")));
}
