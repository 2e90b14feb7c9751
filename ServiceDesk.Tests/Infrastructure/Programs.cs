using System.Reflection;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Where the programs under test are: built with the tests, each below its own folder; the native services
/// below the folder that PUBLISHED names.</summary>
internal static class Programs
{
    /// <summary>What starts a program: the native one, where there is one.</summary>
    public static IReadOnlyList<string> CommandOf(string project) =>
        NativePathOf(project) is { } native ? [native] : ["dotnet", PathOf(project)];

    /// <returns>Null when what was built is to be run.</returns>
    public static string? NativePathOf(string project) =>
        Environment.GetEnvironmentVariable("PUBLISHED") is { Length: > 0 } folder
            && Path.Combine(folder, project, project) is var native && File.Exists(native)
            ? native
            : null;

    /// <param name="project">The project's folder, from the root of the repository.</param>
    public static string PathOf(string project)
    {
        var output = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "OutputPath").Value!.Replace('\\', '/');
        var here = AppContext.BaseDirectory.Replace('\\', '/').TrimEnd('/') + '/';
        if (!here.EndsWith(output, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"The tests run from {here}, which does not end with {output}: run them where they were built.");
        }

        var root = Path.Combine(here[..^output.Length], "..");
        var program = Path.GetFullPath(Path.Combine(root, project, output, $"{Path.GetFileName(project)}.dll"));
        return File.Exists(program) ? program : throw new FileNotFoundException($"{project} is not built.", program);
    }
}
