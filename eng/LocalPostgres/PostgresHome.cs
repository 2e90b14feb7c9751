using System.Security.Cryptography;
using System.Text;

namespace LocalPostgres;

/// <summary>Where PostgreSQL's data, and programs that were downloaded, are kept.</summary>
public static class PostgresHome
{
    /// <summary>The name of the folder with the data.</summary>
    public const string Data = "pg";

    /// <summary>The folder itself, or one in /var/tmp if the server's user cannot enter it (below /root).</summary>
    public static string Of(string folder)
    {
        Directory.CreateDirectory(folder);
        if (ServerUser.Current.CanEnter(folder))
        {
            return folder;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..8];
        var elsewhere = $"/var/tmp/servicedesk-{hash}";
        Directory.CreateDirectory(elsewhere);
        if (!Path.Exists(Path.Combine(folder, Data)))
        {
            // For those who look for it, or delete it.
            File.CreateSymbolicLink(Path.Combine(folder, Data), Path.Combine(elsewhere, Data));
        }

        return elsewhere;
    }
}
