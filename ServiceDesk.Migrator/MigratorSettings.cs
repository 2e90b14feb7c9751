using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

public sealed class MigratorSettings : ISettings
{
    public static string Section => "Migrator";

    /// <summary>How long to wait for Postgres, and then for Kafka, to come up.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest run of a single script.</summary>
    public TimeSpan ScriptTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A folder of further .sql files, run after the built-in ones in order of their names; for sites with changes
    /// of their own.</summary>
    public string? ScriptsFolder { get; set; }

    public void Validate(SettingRules rules) => rules
        .InRange(StartTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .InRange(ScriptTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24))
        .Must(ScriptsFolder is null || Directory.Exists(ScriptsFolder), ScriptsFolder, "must be a folder that exists");
}
