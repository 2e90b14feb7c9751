namespace DbUp.Engine;

/// <summary>What an upgrade did, and where it stopped.</summary>
public sealed class DatabaseUpgradeResult(
    IEnumerable<SqlScript> scripts, bool successful, Exception? error, SqlScript? errorScript)
{
    public IEnumerable<SqlScript> Scripts { get; } = [.. scripts];

    public bool Successful { get; } = successful;

    public Exception? Error { get; } = error;

    public SqlScript? ErrorScript { get; } = errorScript;
}
