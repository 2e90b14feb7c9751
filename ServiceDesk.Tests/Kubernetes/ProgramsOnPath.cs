namespace ServiceDesk.Tests.Kubernetes;

internal static class ProgramsOnPath
{
    /// <returns>Why a test that needs them cannot run, or null.</returns>
    public static string? Missing(params string[] programs) =>
        Array.Find(programs, p => !IsInReach(p)) is { } missing ? $"{missing} is not on the PATH" : null;

    /// <returns>Where it is, or null.</returns>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { Path.Combine(folder, program), Path.Combine(folder, $"{program}.exe") })
            .FirstOrDefault(File.Exists);

    private static bool IsInReach(string program) => program == "helm" ? Helm.IsInReach : Find(program) is not null;
}
