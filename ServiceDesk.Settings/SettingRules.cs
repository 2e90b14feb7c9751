using System.Runtime.CompilerServices;

namespace ServiceDesk.Settings;

/// <summary>The rules settings are checked with; each failure names the setting, the value and the rule.</summary>
public sealed class SettingRules(string section)
{
    public SettingRules InRange<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            throw Broken(name, value, $"must be between {min} and {max}");
        }

        return this;
    }

    public SettingRules IsTopic(string value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        TopicName.Problem(value) is { } problem ? throw Broken(name, value, problem) : this;

    /// <summary>What becomes of a ticket's later events when one failed for good.</summary>
    public SettingRules IsOnFailure(string value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Must(value is "pass" or "hold", value, "must be pass or hold", name);

    /// <param name="holds">Whether the rule is kept.</param>
    /// <param name="value">The value, for the message.</param>
    /// <param name="rule">The rule in words: "must be ...".</param>
    /// <param name="name">The property's name; filled in by the compiler.</param>
    public SettingRules Must(
        bool holds, object? value, string rule, [CallerArgumentExpression(nameof(value))] string name = "") =>
        holds ? this : throw Broken(name, value, rule);

    private SettingsException Broken(string name, object? value, string rule) =>
        SettingsException.For($"{section}:{name}", value, rule);
}
