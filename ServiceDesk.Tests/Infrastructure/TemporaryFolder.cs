namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A folder that is deleted with all it holds.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("servicedesk-test-");

    public string FullName => _folder.FullName;

    public string Write(string name, string text)
    {
        var file = Path.Combine(FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
