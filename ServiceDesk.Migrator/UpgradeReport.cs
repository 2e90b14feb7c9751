using System.Globalization;
using DbUp.Engine.Output;

namespace ServiceDesk.Migrator;

/// <summary>DbUp's progress in our form.</summary>
internal sealed class UpgradeReport : IUpgradeLog
{
    public void LogTrace(string format, params object[] args)
    {
    }

    public void LogDebug(string format, params object[] args)
    {
    }

    public void LogInformation(string format, params object[] args) => Report.Progress(Text(format, args));

    public void LogWarning(string format, params object[] args) => Report.Progress(Text(format, args));

    public void LogError(string format, params object[] args) => Report.Progress(Text(format, args));

    public void LogError(Exception ex, string format, params object[] args) =>
        Report.Progress($"{Text(format, args)}: {ex.Message}");

    private static string Text(string format, object[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
}
