namespace Aspire.Npgsql;

/// <summary>What the "Aspire:Npgsql" configuration section and the caller can set.</summary>
public sealed class NpgsqlSettings
{
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }
}
