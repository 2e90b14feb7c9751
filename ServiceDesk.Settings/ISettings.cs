namespace ServiceDesk.Settings;

/// <summary>A group of settings that is bound from one configuration section and checked when the service starts.</summary>
public interface ISettings
{
    static abstract string Section { get; }

    /// <exception cref="SettingsException">A value breaks its rule.</exception>
    void Validate(SettingRules rules);
}
