using Microsoft.AspNetCore.Authentication;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Bearer tokens by configuration; off by default, and loud about it in Production.</summary>
internal static partial class SecurityExtensions
{
    private const string Scheme = "Bearer";

    public static void AddBearerTokens(this WebApplicationBuilder builder)
    {
        var auth = builder.AddSettings<AuthSettings>();
        if (auth.IsOn)
        {
            builder.Services.AddSingleton(new TokenValidator(auth));
            builder.Services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, BearerTokenHandler>(Scheme, null);
            builder.Services.AddAuthorization();
        }
    }

    public static void UseBearerTokens(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AuthSettings>().IsOn)
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }
        else if (app.Environment.IsProduction())
        {
            LogOpen(app.Logger);
        }
    }

    /// <summary>Asks for a token on these routes where tokens are configured; health and metrics stay open.</summary>
    public static void RequireBearerToken(this RouteGroupBuilder routes)
    {
        if (((IEndpointRouteBuilder)routes).ServiceProvider.GetRequiredService<AuthSettings>().IsOn)
        {
            routes.RequireAuthorization().Reports(StatusCodes.Status401Unauthorized);
        }
    }

    [LoggerMessage(LogLevel.Warning, "NO AUTHENTICATION: whoever reaches this port can read and change every ticket. Set Auth:Authority or Auth:PublicKeyFile, or keep the port behind something that authenticates")]
    private static partial void LogOpen(ILogger logger);
}
