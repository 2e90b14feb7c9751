namespace ServiceDesk.Settings;

/// <summary>A group of settings, bound from one configuration section and checked at the start.</summary>
public interface ISettings
{
    static abstract string Section { get; }

    /// <exception cref="SettingsException">A value breaks its rule.</exception>
    void Validate(SettingRules rules);
}
