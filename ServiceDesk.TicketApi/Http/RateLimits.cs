using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Limits the requests of each caller, or of each address where callers are not known. Answers say how many
/// are left, as the IETF's draft "RateLimit header fields for HTTP" has it.</summary>
internal static class RateLimits
{
    private const string Policy = "\"caller\"";

    /// <summary>How often the limiter gives callers new requests.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(100);

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<RateLimitSettings>();
        if (!settings.IsOn)
        {
            return;
        }

        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.Requests,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = settings.Window / settings.Requests,
        };
        var limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            TicketPaths.Has(context.Request.Path)
                ? RateLimitPartition.GetTokenBucketLimiter(PartitionOf(context), _ => bucket)
                : RateLimitPartition.GetNoLimiter(""));
        builder.Services.AddSingleton(limiter);
        builder.Services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = limiter;
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = async (rejected, _) =>
            {
                Describe(rejected.HttpContext, settings, left: 0);
                await Problems.TooManyRequests(Wait(rejected.Lease)).ExecuteAsync(rejected.HttpContext);
            };
        });
    }

    /// <summary>After the tokens are read, as they name the caller, and before one is demanded, as guessing counts
    /// too.</summary>
    public static void UseRateLimits(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<RateLimitSettings>();
        if (!settings.IsOn)
        {
            return;
        }

        app.UseRateLimiter();
        var limiter = app.Services.GetRequiredService<PartitionedRateLimiter<HttpContext>>();
        app.Use((context, next) =>
        {
            if (TicketPaths.Has(context.Request.Path))
            {
                Describe(context, settings, limiter.GetStatistics(context)!.CurrentAvailablePermits);
            }

            return next(context);
        });
    }

    private static void Describe(HttpContext context, RateLimitSettings settings, long left)
    {
        var reset = Math.Ceiling((settings.Requests - left) * settings.Window.TotalSeconds / settings.Requests);
        context.Response.Headers["RateLimit-Policy"] =
            $"{Policy};q={settings.Requests};w={Math.Ceiling(settings.Window.TotalSeconds)}";
        context.Response.Headers["RateLimit"] = $"{Policy};r={left};t={reset}";
    }

    private static TimeSpan Wait(RateLimitLease lease) =>
        TimeSpan.FromSeconds(Math.Ceiling((lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
            ? wait + Heartbeat
            : Heartbeat).TotalSeconds));

    private static string PartitionOf(HttpContext context) => Caller.Of(context.User)
        ?? (context.Connection.RemoteIpAddress is { } address ? Network(address) : "");

    /// <summary>A host has a whole network of IPv6 addresses to send from.</summary>
    private static string Network(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? new IPNetwork(Prefix(address), 64).ToString()
            : address.MapToIPv4().ToString();

    private static IPAddress Prefix(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
