using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Http;

public sealed class ApiSettings : ISettings
{
    public static string Section => "Api";

    /// <summary>Refuses a PATCH without <c>If-Match</c> with 428, so nobody overwrites what they
    /// have not seen.</summary>
    public bool RequireIfMatch { get; set; }

    public void Validate(SettingRules rules)
    {
    }
}
