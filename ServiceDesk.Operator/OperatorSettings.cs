using ServiceDesk.Settings;

namespace ServiceDesk.Operator;

/// <summary>The console's own settings.</summary>
public sealed class OperatorSettings : ISettings
{
    private const int ShortestToken = 16;

    public static string Section => "Operator";

    /// <summary>What people and programs must know to be let in. Outside development there is no console without
    /// it.</summary>
    public string? Token { get; set; }

    /// <summary>A file that holds the token, as a mounted secret does; read at start.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Where one trace is shown: an address with <c>{trace_id}</c> in it.</summary>
    public string? TraceUrl { get; set; }

    public void Validate(SettingRules rules)
    {
        rules
            .Must(Token is null || TokenFile is null, "…", "must not be set beside Operator:TokenFile", nameof(Token))
            .Must(TraceUrl is null || IsTemplate(TraceUrl), TraceUrl, "must be an http address with {trace_id} in it");
        Token = ReadToken(rules);
        rules.Must(
            Token is null || (Token.Length >= ShortestToken && Token.All(c => c is > ' ' and < '\x7f')),
            "…", $"must be at least {ShortestToken} visible ASCII characters", nameof(Token));
    }

    private string? ReadToken(SettingRules rules)
    {
        if (TokenFile is null)
        {
            return Token is { Length: > 0 } ? Token : null;
        }

        try
        {
            return File.ReadAllText(TokenFile).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            rules.Must(false, TokenFile, $"must be a file that can be read: {unreadable.Message}", nameof(TokenFile));
            return null;
        }
    }

    private static bool IsTemplate(string text) =>
        text.Contains("{trace_id}", StringComparison.Ordinal)
        && Uri.TryCreate(text.Replace("{trace_id}", "0", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https";
}
