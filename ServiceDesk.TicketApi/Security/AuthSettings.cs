using ServiceDesk.Settings;

namespace ServiceDesk.TicketApi.Security;

/// <summary>Who may call the API: bearer tokens of an OpenID Connect authority, or signed with a key in a file. With
/// neither, everybody.</summary>
public sealed class AuthSettings : ISettings
{
    public static string Section => "Auth";

    /// <summary>Base address of the authority; its keys are read from its discovery document, over HTTPS.</summary>
    public string? Authority { get; set; }

    /// <summary>A PEM file with the RSA or EC public key of the issuer, for sites without discovery.</summary>
    public string? PublicKeyFile { get; set; }

    /// <summary>The issuer a token must name; with an authority, the authority's own by default.</summary>
    public string? Issuer { get; set; }

    /// <summary>The audience a token must name.</summary>
    public string Audience { get; set; } = "servicedesk";

    public bool IsOn => Authority is not null || PublicKeyFile is not null;

    public void Validate(SettingRules rules) => rules
        .Must(Authority is null || PublicKeyFile is null, PublicKeyFile, "must not be set together with Authority")
        .Must(
            Authority is null || (Uri.TryCreate(Authority, UriKind.Absolute, out var uri) && uri.Scheme == "https"),
            Authority, "must be an https:// address")
        .Must(PublicKeyFile is null || File.Exists(PublicKeyFile), PublicKeyFile, "must be a file that exists")
        .Must(PublicKeyFile is null || Issuer is { Length: > 0 }, Issuer, "must be set together with PublicKeyFile")
        .Must(Audience.Length > 0, Audience, "must not be empty");
}
