using System.ComponentModel;
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
        RefuseUnreadable<T>(configuration.GetSection(T.Section));
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

    /// <summary>The binder would refuse these as well, but in its own words.</summary>
    private static void RefuseUnreadable<T>(IConfigurationSection section)
    {
        foreach (var property in typeof(T).GetProperties().Where(p => p.CanWrite))
        {
            if (section[property.Name] is { } value && !TypeDescriptor.GetConverter(property.PropertyType).IsValid(value))
            {
                throw SettingsException.For($"{section.Path}:{property.Name}", value, RuleOf(property.PropertyType));
            }
        }
    }

    private static string RuleOf(Type type) =>
        type == typeof(TimeSpan) ? "must be a duration such as 00:00:05"
        : type == typeof(bool) ? "must be true or false"
        : "must be a whole number";
}
