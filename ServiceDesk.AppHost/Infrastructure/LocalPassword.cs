using System.Security.Cryptography;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>The local database's password: made up once and kept beside the data, in the file that the scripts use, too.</summary>
internal static class LocalPassword
{
    private const int Bytes = 18;

    public static string Of(string folder)
    {
        var file = Path.Combine(folder, "postgres-password");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        Directory.CreateDirectory(folder);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(password);
        return password;
    }
}
