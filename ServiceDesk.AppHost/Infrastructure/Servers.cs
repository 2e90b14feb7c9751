namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Postgres and Kafka, whichever way they run; healthy means that they take requests.</summary>
internal sealed record Servers(
    IResourceBuilder<IResourceWithConnectionString> Database, IResourceBuilder<IResourceWithConnectionString> Kafka)
{
    /// <summary>Whether we run it, and it was not given.</summary>
    public bool DatabaseIsOurs { get; init; }

    public bool KafkaIsOurs { get; init; }

    /// <summary>Whether a container runtime is there, and in use.</summary>
    public bool AreContainers { get; init; }
}
