using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Http;

public sealed class ApiSettings : ISettings
{
    public static string Section => "Api";

    /// <summary>Whether a PATCH without <c>If-Match</c> is refused with 428, so that nobody overwrites what they have not
    /// seen.</summary>
    public bool RequireIfMatch { get; set; }

    public void Validate(SettingRules rules)
    {
    }
}
