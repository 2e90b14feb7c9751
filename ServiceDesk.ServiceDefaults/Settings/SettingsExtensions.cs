using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDesk.ServiceDefaults.Settings;

public static class SettingsExtensions
{
    /// <summary>Binds and checks a group of settings now, and registers it as a singleton.</summary>
    /// <exception cref="SettingsException">A value cannot be read, is unknown, or breaks its rule.</exception>
    public static T AddSettings<T>(this IHostApplicationBuilder builder) where T : class, ISettings, new()
    {
        var settings = Read<T>(builder.Configuration);
        builder.Services.AddSingleton(settings);
        return settings;
    }

    public static T Read<T>(IConfiguration configuration) where T : class, ISettings, new()
    {
        var settings = new T();
        try
        {
            configuration.GetSection(T.Section).Bind(settings, o => o.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException unreadable)
        {
            throw new SettingsException($"section {T.Section}: {unreadable.Message.ReplaceLineEndings(" ")}");
        }

        settings.Validate(new SettingRules(T.Section));
        return settings;
    }
}
