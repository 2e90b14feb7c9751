using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.Security;

/// <summary>Who may come in: programs with the token, people with a cookie that they get for it.</summary>
internal static class SecurityExtensions
{
    private const string Either = "TokenOrCookie";
    private const string Guessing = "login";

    /// <summary>A working day.</summary>
    private static readonly TimeSpan Session = TimeSpan.FromHours(10);

    /// <exception cref="SettingsException">Outside development there must be a token.</exception>
    public static void AddSecurity(this WebApplicationBuilder builder, OperatorSettings settings)
    {
        if (settings.Token is null && !builder.Environment.IsDevelopment())
        {
            throw SettingsException.For(
                "Operator:Token", "", "must be set outside development, or Operator:TokenFile, which names a file");
        }

        builder.Services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = context =>
                settings.Token is null || Api.ApiProblems.IsApi(context.Request.Path)
                    ? TokenHandler.SchemeName
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.SchemeName, null)
            .AddCookie(o =>
            {
                o.LoginPath = "/login";
                o.ReturnUrlParameter = "return";
                o.ExpireTimeSpan = Session;
                o.SlidingExpiration = false;
                o.Cookie.Name = "servicedesk-operator";
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Strict;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            });
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddAntiforgery(o => o.Cookie.SameSite = SameSiteMode.Strict);
        builder.Services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.AddFixedWindowLimiter(Guessing, window =>
            {
                window.PermitLimit = 20;
                window.Window = TimeSpan.FromMinutes(1);
                window.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
            });
        });
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.Use(async (context, rest) =>
        {
            // Styles stand in elements, as components set sizes; scripts come from here alone.
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; "
                + "base-uri 'self'; form-action 'self'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "same-origin";
            await rest(context);
        });
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost("/login", SignInAsync).AllowAnonymous().RequireRateLimiting(Guessing).ExcludeFromDescription();
        app.MapPost("/logout", SignOutAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(
        [FromForm] string? token, [FromForm] string? name, [FromForm(Name = "return")] string? address,
        HttpContext context, OperatorSettings settings)
    {
        var person = name?.Trim() ?? "";
        if (person.Length is 0 or > 100 || person.Any(char.IsControl) || !TokenHandler.IsToken(settings, token?.Trim()))
        {
            return TypedResults.Redirect($"/login?failed=true&return={Uri.EscapeDataString(address ?? "/")}");
        }

        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            TokenHandler.Person(person, CookieAuthenticationDefaults.AuthenticationScheme));
        return TypedResults.LocalRedirect(IsLocal(address) ? address! : "/");
    }

    /// <summary>The form's token must be there: the cookie alone could be anybody's page at work.</summary>
    private static async Task<IResult> SignOutAsync([FromForm] string? done, HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect("/login");
    }

    private static bool IsLocal(string? address) =>
        address is ['/', ..] && (address.Length == 1 || address[1] is not ('/' or '\\'))
        && !address.Any(char.IsControl);
}
