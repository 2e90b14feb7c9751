namespace ServiceDesk.Tests.Infrastructure;

/// <summary>What processes printed in the last run, in files beside the tests: to find out why one failed.</summary>
internal static class KeptLogs
{
    private static readonly Lazy<string> Folder = new(() =>
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "logs");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder).FullName;
    });

    /// <param name="system">Names the folder: processes of one system belong together.</param>
    /// <param name="process">Names the file.</param>
    /// <param name="output">What it printed.</param>
    public static Task KeepAsync(string system, string process, ProcessOutput output)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder.Value, system)).FullName;
        return File.WriteAllLinesAsync(Path.Combine(folder, $"{process}.log"), output.Standard.Concat(output.Errors));
    }
}
