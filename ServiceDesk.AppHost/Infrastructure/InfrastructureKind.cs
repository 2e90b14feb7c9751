namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Where Postgres and Kafka come from.</summary>
public enum InfrastructureKind
{
    Containers,
    Local,
    External,
}
