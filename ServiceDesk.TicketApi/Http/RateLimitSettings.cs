using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Http;

/// <summary>How many requests a caller may send to one instance of the API; off by default.</summary>
public sealed class RateLimitSettings : ISettings
{
    public static string Section => "RateLimit";

    /// <summary>Requests in each <see cref="Window"/>, and at once after a pause; 0 for no limit.</summary>
    public int Requests { get; set; }

    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    public bool IsOn => Requests > 0;

    public void Validate(SettingRules rules) => rules
        .InRange(Requests, 0, 1_000_000)
        .InRange(Window, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
}
