namespace ServiceDesk.Settings;

/// <summary>A setting that prevents the start. The message is one line: setting, value and broken rule.</summary>
public sealed class SettingsException(string message) : Exception(message)
{
    public static SettingsException For(string setting, object? value, string rule) =>
        new($"{EnvironmentAliases.Describe(setting)} is '{Printable(value)}': {rule}");

    private static string Printable(object? value)
    {
        var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return text.ReplaceLineEndings(" ") is { Length: > 200 } oneLine
            ? oneLine[..200] + "…"
            : text.ReplaceLineEndings(" ");
    }
}
