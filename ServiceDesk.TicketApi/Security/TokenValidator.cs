using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Checks signature, issuer, audience and life time of a token.</summary>
internal sealed class TokenValidator(AuthSettings auth)
{
    private static readonly TimeSpan DiscoveryLimit = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _rules = Rules(auth);

    public Task<TokenValidationResult> ValidateAsync(string token) => _handler.ValidateTokenAsync(token, _rules);

    private static TokenValidationParameters Rules(AuthSettings auth) => new()
    {
        ValidAudience = auth.Audience,
        ValidIssuer = auth.Issuer,
        ClockSkew = TimeSpan.FromMinutes(1),
        IssuerSigningKey = auth.PublicKeyFile is { } file ? PublicKey.Read(file) : null,
        // Brings the authority's keys and its issuer, and fetches them again when a key is not known.
        ConfigurationManager = auth.Authority is { } authority ? Discovery(authority) : null,
    };

    private static ConfigurationManager<OpenIdConnectConfiguration> Discovery(string authority) => new(
        $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(new HttpClient { Timeout = DiscoveryLimit }) { RequireHttps = true });
}
