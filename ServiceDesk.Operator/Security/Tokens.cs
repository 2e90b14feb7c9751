using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ServiceDesk.Operator.Security;

/// <summary>Lets in who shows the token, and in development, where none is set, everybody.</summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    OperatorSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Token";
    private const string Bearer = "Bearer ";

    /// <summary>Who acts, as the audit is to say it; a program may name the person it acts for.</summary>
    private const string NameHeader = "X-Operator";

    public static bool IsToken(OperatorSettings settings, string? shown) =>
        settings.Token is { } token
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(shown ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static ClaimsPrincipal Person(string name, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], scheme));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? given = Request.Headers.Authorization;
        var name = Request.Headers[NameHeader].ToString() is { Length: > 0 and <= 100 } said && said.All(IsVisible)
            ? said
            : null;
        if (settings.Token is null)
        {
            return Success(name ?? "developer");
        }

        return given?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) is not true
            ? Task.FromResult(AuthenticateResult.NoResult())
            : IsToken(settings, given[Bearer.Length..].Trim())
                ? Success(name ?? "api")
                : Task.FromResult(AuthenticateResult.Fail("The token is not the one that is set."));
    }

    private static bool IsVisible(char c) => c is >= ' ' and < '\x7f';

    private static Task<AuthenticateResult> Success(string name) =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Person(name, SchemeName), SchemeName)));
}
