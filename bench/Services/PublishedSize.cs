namespace ServiceDesk.Bench.Services;

/// <summary>What a service takes on disk, published as it is: framework-dependent, with its libraries.</summary>
internal static class PublishedSize
{
    /// <returns>Bytes.</returns>
    public static async Task<long> OfAsync(string project, CancellationToken cancellation)
    {
        var built = ServicePrograms.PathOf(project);
        var file = Path.Combine(built[..built.IndexOf($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)], $"{project}.csproj");
        var isStandIn = built.Contains("stand-in", StringComparison.Ordinal);
        var output = Directory.CreateTempSubdirectory("servicedesk-published-");
        try
        {
            string[] lane = isStandIn ? ["-p:StandIns=true"] : [];
            await Command.SucceedsAsync(
                "dotnet", ["publish", file, "-c", "Release", "--no-build", "-nodeReuse:false", "-o", output.FullName, .. lane],
                new Dictionary<string, string>(), cancellation);
            return output.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }
}
