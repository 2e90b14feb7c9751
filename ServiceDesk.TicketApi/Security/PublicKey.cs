using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Reads the issuer's public key.</summary>
internal static class PublicKey
{
    /// <exception cref="SettingsException">The file holds no such key.</exception>
    public static AsymmetricSecurityKey Read(string file)
    {
        var pem = File.ReadAllText(file);
        var rsa = RSA.Create();
        if (TryImport(rsa, pem))
        {
            return new RsaSecurityKey(rsa);
        }

        rsa.Dispose();
        var ec = ECDsa.Create();
        return TryImport(ec, pem)
            ? new ECDsaSecurityKey(ec)
            : throw SettingsException.For("Auth:PublicKeyFile", file, "must hold an RSA or EC public key in PEM form");
    }

    private static bool TryImport(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception other) when (other is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
