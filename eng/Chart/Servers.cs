namespace Chart;

/// <summary>Postgres and Kafka: one of each for a demo, or as the operators make them.</summary>
internal static class Servers
{
    private const string HasPriorities = "if $.Values.priorityClasses.create";

    public static readonly Rule[] Rules =
    [
        new("StatefulSet/postgres: spec.template.spec.containers.postgres.image", "postgres.bundled.image"),
        new("StatefulSet/postgres: spec.volumeClaimTemplates.0.spec.resources.requests.storage",
            "postgres.bundled.storage"),
        new("StatefulSet/kafka: spec.template.spec.containers.kafka.image", "kafka.bundled.image"),
        new("StatefulSet/kafka: spec.volumeClaimTemplates.0.spec.resources.requests.storage", "kafka.bundled.storage"),

        new("Cluster/*: spec.imageName", "postgres.operator.image"),
        new("Cluster/*: spec.instances", "postgres.operator.instances"),
        new("Cluster/*: spec.storage.size", "postgres.operator.storage"),
        new("Cluster/*: spec.postgresql.parameters.max_connections", Template:
            "{{ $.Values.postgres.operator.maxConnections | quote }}"),
        new("Cluster/*: spec.postgresql.parameters.shared_buffers", "postgres.operator.sharedBuffers"),
        new("Cluster/*: spec.resources", "postgres.operator.resources", IsBlock: true),
        new("Cluster/*: spec.plugins", When: "if $.Values.postgres.backup.enabled"),
        new("Cluster/*: spec.priorityClassName", When: HasPriorities),
        new("ObjectStore/*: spec.configuration.destinationPath", "postgres.backup.destinationPath"),
        new("ObjectStore/*: spec.configuration.s3Credentials.*.name", "postgres.backup.secret"),
        new("ObjectStore/*: spec.retentionPolicy", "postgres.backup.retention"),
        new("ScheduledBackup/*: spec.schedule", "postgres.backup.schedule"),

        new("Kafka/*: spec.kafka.version", "kafka.operator.version"),
        new("Kafka/*: spec.kafka.metadataVersion", "kafka.operator.metadataVersion"),
        new("KafkaNodePool/*: spec.replicas", "kafka.operator.replicas"),
        new("KafkaNodePool/*: spec.storage.volumes.0.size", "kafka.operator.storage"),
        new("KafkaNodePool/*: spec.resources", "kafka.operator.resources", IsBlock: true),
        new("KafkaNodePool/*: spec.template.pod.priorityClassName", When: HasPriorities),
        new("KafkaTopic/tickets.events: spec.partitions", "kafka.partitions"),
        new("KafkaTopic/**: spec.replicas", "kafka.replicationFactor"),
    ];
}
