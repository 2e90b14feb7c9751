namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A test that needs what the broker in memory cannot do, such as deleting a topic.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealBrokerFactAttribute : FactAttribute
{
    public RealBrokerFactAttribute() => Skip = Environment.GetEnvironmentVariable("KAFKA_BROKERS") is { Length: > 0 }
        ? null
        : "KAFKA_BROKERS names no broker, and the one in memory cannot delete a topic";
}
