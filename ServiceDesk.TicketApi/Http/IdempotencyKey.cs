using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.TicketApi.Http;

/// <summary>The <c>Idempotency-Key</c> header: a string in quotes, as the IETF's draft writes it, or bare.</summary>
internal static class IdempotencyKey
{
    public const int MaxLength = 255;

    /// <summary>Reads the key. Known callers may use the same key for different things, so what is kept is a hash of
    /// caller and key.</summary>
    /// <param name="header">The header; null when there is none.</param>
    /// <param name="caller">Who calls; anonymous where tokens are off.</param>
    /// <returns>The key to keep, an empty one where there is no header, or a problem.</returns>
    public static Outcome<string> Parse(string? header, ClaimsPrincipal caller)
    {
        if (header is null)
        {
            return "";
        }

        var key = header is ['"', .. var quoted, '"'] ? Unescape(quoted) : header;
        if (key is not { Length: > 0 and <= MaxLength } || !key.All(c => c is >= ' ' and < '\x7f'))
        {
            return Problems.Validation(
                "Idempotency-Key", $"must be 1 to {MaxLength} printable ASCII characters, bare or in quotes");
        }

        return Caller.Of(caller) is { } known ? Scope(key, known) : key;
    }

    /// <summary>RFC 8941 strings escape quotes and backslashes, and nothing else.</summary>
    private static string? Unescape(string quoted)
    {
        var key = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '"' || (quoted[i] == '\\' && (++i == quoted.Length || quoted[i] is not ('"' or '\\'))))
            {
                return null;
            }

            key.Append(quoted[i]);
        }

        return key.ToString();
    }

    private static string Scope(string key, string caller) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")));
}
