using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Bearer tokens by configuration; off by default, and loud about it in Production.</summary>
internal static partial class BearerTokens
{
    /// <summary>How soon after a failure, or after a token with an unknown key, the authority is asked again.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DiscoveryLimit = TimeSpan.FromSeconds(5);

    public static void AddBearerTokens(this WebApplicationBuilder builder)
    {
        var auth = builder.AddSettings<AuthSettings>();
        if (!auth.IsOn)
        {
            return;
        }

        var key = auth.PublicKeyFile is { } file ? PublicKey.Read(file) : null;
        builder.Services.AddSingleton<AuthorityProbe>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.Authority = auth.Authority;
            bearer.Audience = auth.Audience;
            bearer.RefreshInterval = RefreshInterval;
            bearer.BackchannelTimeout = DiscoveryLimit;
            bearer.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
            bearer.TokenValidationParameters.ValidIssuer = auth.Issuer;
            bearer.TokenValidationParameters.IssuerSigningKey = key;
            bearer.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                    context.HttpContext.RequestServices.GetRequiredService<AuthorityProbe>().RequireKeysAsync(context),
            };
        });
        builder.Services.AddAuthorization();
    }

    public static void UseBearerTokens(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AuthSettings>().IsOn)
        {
            // Its counter is there with 0 from the start.
            _ = app.Services.GetRequiredService<AuthorityProbe>();
            app.UseAuthentication();
        }
        else if (app.Environment.IsProduction())
        {
            LogOpen(app.Logger);
        }
    }

    /// <summary>Refuses callers without a token where one is asked for.</summary>
    public static void UseAccessRules(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AuthSettings>().IsOn)
        {
            app.UseAuthorization();
        }
    }

    /// <summary>Asks for a token on these routes where tokens are configured; health and metrics stay open.</summary>
    public static void RequireBearerToken(this RouteGroupBuilder routes)
    {
        if (((IEndpointRouteBuilder)routes).ServiceProvider.GetRequiredService<AuthSettings>().IsOn)
        {
            routes.RequireAuthorization();
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "NO AUTHENTICATION: whoever reaches this port can read and change every ticket. "
        + "Set Auth:Authority or Auth:PublicKeyFile, or keep the port behind something that authenticates")]
    private static partial void LogOpen(ILogger logger);
}

/// <summary>The authority's keys cannot be read, so no token can be told from a forged one.</summary>
internal sealed class AuthorityUnavailableException(Exception cause) : Exception(cause.Message, cause);

/// <summary>Tells an authority that is away from a token that is bad: the framework answers 401 to both.</summary>
internal sealed partial class AuthorityProbe
{
    private readonly ILogger<AuthorityProbe> _logger;
    private readonly Counter<long> _unavailable;
    private int _isAway;

    public AuthorityProbe(IMeterFactory meters, ILogger<AuthorityProbe> logger)
    {
        _logger = logger;
        _unavailable = meters.Create("ServiceDesk.TicketApi").CreateCounter<long>(
            "auth.authority.unavailable", description: "Requests whose token could not be checked.");
        _unavailable.Add(0);
    }

    /// <exception cref="AuthorityUnavailableException">The keys were never read; they are fetched
    /// again soon.</exception>
    public async Task RequireKeysAsync(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is not { } authority
            || context.Request.Headers.Authorization.Count == 0)
        {
            return;
        }

        try
        {
            await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
            if (Interlocked.Exchange(ref _isAway, 0) == 1)
            {
                LogBack(context.Options.Authority);
            }
        }
        catch (Exception away) when (!context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            _unavailable.Add(1);
            if (Interlocked.Exchange(ref _isAway, 1) == 0)
            {
                LogAway(context.Options.Authority, away.InnerException?.Message ?? away.Message);
            }

            throw new AuthorityUnavailableException(away);
        }
    }

    [LoggerMessage(LogLevel.Error,
        "The keys of {Authority} cannot be read, requests with a token are answered 503 until they can: {Reason}")]
    private partial void LogAway(string? authority, string reason);

    [LoggerMessage(LogLevel.Information, "The keys of {Authority} are read, tokens are checked again")]
    private partial void LogBack(string? authority);
}
