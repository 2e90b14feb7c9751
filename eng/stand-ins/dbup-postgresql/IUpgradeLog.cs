namespace DbUp.Engine.Output;

/// <summary>Where the upgrade reports to.</summary>
public interface IUpgradeLog
{
    void LogTrace(string format, params object[] args);

    void LogDebug(string format, params object[] args);

    void LogInformation(string format, params object[] args);

    void LogWarning(string format, params object[] args);

    void LogError(string format, params object[] args);

    void LogError(Exception ex, string format, params object[] args);
}
