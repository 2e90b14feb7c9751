namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Settings of whoever runs the tests are not the settings under test.</summary>
internal static class InheritedSettings
{
    private static readonly string[] Names = ["DATABASE_URL", "HTTP_ADDR", "METRICS_ADDR", "URLS", "HTTP_PORTS"];

    private static readonly string[] Prefixes =
        ["KAFKA_", "OUTBOX_", "NOTIFY_", "ASPNETCORE_", "OTEL_", "DOTNET_ENVIRONMENT", "ASPIRE_"];

    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsSetting).ToList())
        {
            environment.Remove(name);
        }
    }

    // Two underscores: a configuration key in .NET's own spelling.
    private static bool IsSetting(string name) => name.Contains("__", StringComparison.Ordinal)
        || Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
