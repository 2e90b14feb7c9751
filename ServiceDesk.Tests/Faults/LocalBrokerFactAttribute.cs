namespace ServiceDesk.Tests.Faults;

/// <summary>A test that needs a broker which fails on request.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalBrokerFactAttribute : FactAttribute
{
    public LocalBrokerFactAttribute() => Skip = Reason;

    /// <summary>Why such a test cannot run here, or null.</summary>
    internal static string? Reason { get; } = Environment.GetEnvironmentVariable("KAFKA_BROKERS") is { Length: > 0 }
        ? "KAFKA_BROKERS names a broker that does not fail on request"
        : null;
}
