// Stands for the packages dbup-postgresql 6.1.5 and dbup-core 6.0.15.
// The journal table, the script names, their order and one transaction per script are the same. Left out: other
// transaction modes (Build refuses them), variables in scripts (Build wants them switched off), run-always scripts and
// run groups, code scripts, filters, preprocessors, several logs, the schema of the connection string, EnsureDatabase.

using DbUp.Builder;

namespace DbUp;

public static class DeployChanges
{
    public static SupportedDatabases To { get; } = new();
}
