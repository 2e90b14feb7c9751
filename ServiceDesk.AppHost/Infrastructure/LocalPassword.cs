using System.Security.Cryptography;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>The local database's password: made up once, and kept beside the data for as long as that.</summary>
internal static class LocalPassword
{
    private const int Bytes = 18;

    public static (string File, string Password) In(string folder)
    {
        var file = Path.Combine(folder, "postgres-password");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
        {
            return (file, kept);
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        PrivateFile.Write(file, password);
        return (file, password);
    }
}
