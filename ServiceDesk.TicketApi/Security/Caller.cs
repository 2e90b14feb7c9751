using System.Security.Claims;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Whom a token names.</summary>
internal static class Caller
{
    /// <returns>The issuer and its name for the caller; null where tokens are off, or the token is not valid.</returns>
    public static string? Of(ClaimsPrincipal user)
    {
        if (user.Identity is not { IsAuthenticated: true })
        {
            return null;
        }

        var subject = user.FindFirst("sub") ?? user.FindFirst("client_id") ?? user.FindFirst("azp");
        return $"{user.FindFirst("iss")?.Value}\n{subject?.Type}\n{subject?.Value}";
    }
}
