using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDesk.Settings;

public static class SettingsExtensions
{
    /// <summary>Binds and checks a group of settings now, and registers it as a singleton.</summary>
    /// <exception cref="SettingsException">A value cannot be read, is unknown, or breaks its rule.</exception>
    public static T AddSettings<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        this IHostApplicationBuilder builder) where T : class, ISettings, new()
    {
        var settings = Read<T>(builder.Configuration);
        builder.Services.AddSingleton(settings);
        return settings;
    }

    /// <inheritdoc cref="AddSettings"/>
    public static T Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IConfiguration configuration) where T : class, ISettings, new()
    {
        // The framework's binder cannot bind a type parameter in a native program, and reports an unreadable value
        // in words for programmers.
        var settings = new T();
        var known = typeof(T).GetProperties().Where(p => p.CanWrite)
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var given in configuration.GetSection(T.Section).GetChildren())
        {
            var property = known.GetValueOrDefault(given.Key)
                ?? throw new SettingsException(
                    $"{given.Path} is no setting; section {T.Section} has {string.Join(", ", known.Keys)}");
            property.SetValue(settings, ValueOf(given, property));
        }

        settings.Validate(new SettingRules(T.Section));
        return settings;
    }

    private static object ValueOf(IConfigurationSection given, PropertyInfo property)
    {
        var (value, rule) = Parse(given.Value, property.PropertyType);
        return value ?? throw SettingsException.For(given.Path, given.Value, rule);
    }

    private static (object? Value, string Rule) Parse(string? text, Type type) =>
        type == typeof(TimeSpan)
            ? (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration : null,
                "must be a duration such as 00:00:05")
        : type == typeof(int)
            ? (int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
                "must be a whole number")
        : type == typeof(short)
            ? (short.TryParse(text, CultureInfo.InvariantCulture, out var small) ? small : null,
                "must be a whole number")
        : type == typeof(bool)
            ? (bool.TryParse(text, out var flag) ? flag : null, "must be true or false")
        : type == typeof(string)
            ? (text, "must be a single value")
        : throw new NotSupportedException($"no setting can be a {type} yet");
}
