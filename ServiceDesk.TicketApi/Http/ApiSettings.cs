using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Http;

public sealed class ApiSettings : ISettings
{
    public static string Section => "Api";

    /// <summary>Refuses a PATCH without <c>If-Match</c> with 428, so nobody overwrites what they
    /// have not seen.</summary>
    public bool RequireIfMatch { get; set; }

    /// <summary>Requests about tickets under way at once, at most; more are answered 503 at once.</summary>
    public int MaxRequests { get; set; } = 1024;

    /// <summary>How long the Idempotency-Key of a PATCH is kept.</summary>
    public TimeSpan KeyRetention { get; set; } = TimeSpan.FromDays(7);

    public TimeSpan KeyRetentionInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What the types of problems begin with; the problem's code follows. At the default, the API itself has a
    /// page for each.</summary>
    public string ProblemTypes { get; set; } = ProblemPages.Address;

    public void Validate(SettingRules rules) => rules
        .InRange(MaxRequests, 1, 100_000)
        .InRange(KeyRetention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650))
        .InRange(KeyRetentionInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
        .Must(
            ProblemTypes == ProblemPages.Address
            || (Uri.TryCreate(ProblemTypes, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"),
            ProblemTypes, "must be an http:// or https:// address");
}
