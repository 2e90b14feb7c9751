using LocalPostgres;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Unit;

public sealed class SourceTests
{
    private const int Columns = 120;

    private static readonly string[] Kinds =
    [
        ".cs", ".csproj", ".example", ".hbs", ".md", ".mjs", ".props", ".sh", ".sql", ".targets", ".yaml", ".yml",
    ];

    /// <summary>Written by programs: aspirate, eng/Chart, Kiota, and the benchmark, whose tables are as wide as they
    /// are.</summary>
    private static readonly string[] Generated =
        ["infra/k8s/base/", "infra/helm/servicedesk/", "bench/results/", "ServiceDesk.Tests/Contracts/Client/"];

    private static readonly string[] NotSources = ["bin", "obj", ".git", ".local", "node_modules", "TestResults"];

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        var files = Files().Where(IsWrapped).ToList();

        Assert.Contains("ServiceDesk.Tests/Unit/SourceTests.cs", files);
        var tooLong = string.Join(
            Environment.NewLine,
            from file in files
            from line in File.ReadLines(Path.Combine(ManifestFiles.Root, file)).Index()
            where line.Item.Length > Columns && !CannotBeWrapped(file, line.Item)
            select $"{file}:{line.Index + 1}: {line.Item.Length} columns");
        Assert.True(tooLong == "", tooLong);
    }

    private static bool IsWrapped(string file) =>
        (Kinds.Contains(Path.GetExtension(file)) || Path.GetFileName(file) is "Makefile" or "run")
        && !Generated.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Rows of Markdown tables, and addresses with only the mark of a comment or list before them.</summary>
    private static bool CannotBeWrapped(string file, string line)
    {
        var text = line.TrimStart(' ', '#', '/', '-', '*', '<');
        return text.StartsWith("https://", StringComparison.Ordinal) ? !text.Contains(' ')
            : text.StartsWith('|') && Path.GetExtension(file) == ".md";
    }

    /// <summary>What git knows or would add; without git or its folder, everything there.</summary>
    private static IEnumerable<string> Files()
    {
        string[] list = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        var git = CommandRun.Of(list, TimeSpan.FromSeconds(30), ManifestFiles.Root);
        return git.Succeeded
            ? git.Output.Split('\0').Where(file => File.Exists(Path.Combine(ManifestFiles.Root, file)))
            : Directory.EnumerateFiles(ManifestFiles.Root, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(ManifestFiles.Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Any(NotSources.Contains));
    }
}
