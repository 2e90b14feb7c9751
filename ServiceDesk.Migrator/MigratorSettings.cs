using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

public sealed class MigratorSettings : ISettings
{
    public static string Section => "Migrator";

    /// <summary>How long to wait for Postgres, and then for Kafka, to come up.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest run of a single script.</summary>
    public TimeSpan ScriptTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a script waits for a lock before it is rolled back: requests that need the same table wait as
    /// long.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries of a script that does not get its lock.</summary>
    public int LockAttempts { get; set; } = 20;

    /// <summary>A folder of further .sql files, run after the built-in ones in order of their names; for sites with
    /// changes of their own.</summary>
    public string? ScriptsFolder { get; set; }

    public void Validate(SettingRules rules) => rules
        .InRange(StartTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .InRange(ScriptTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24))
        .InRange(LockTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10))
        .InRange(LockAttempts, 1, 1000)
        .Must(ScriptsFolder is null || Directory.Exists(ScriptsFolder), ScriptsFolder, "must be a folder that exists");
}
