namespace ServiceDesk.Bench.Servers;

/// <summary>Where Postgres and Kafka are; scripts/bench.sh starts them.</summary>
/// <param name="Postgres">A database on the server, as in DATABASE_URL.</param>
/// <param name="Kafka">host:port,host:port.</param>
/// <param name="LocalKafkaControl">The control address when the broker is LocalKafka.</param>
/// <param name="Pgbench">The program, or null when it is not installed.</param>
internal sealed record ServerAddresses(Uri Postgres, string Kafka, Uri? LocalKafkaControl, string? Pgbench)
{
    public bool IsLocalKafka => LocalKafkaControl is not null;

    /// <summary>A database that every server has.</summary>
    public Uri Maintenance => UrlOf("postgres");

    public Uri UrlOf(string database) => new UriBuilder(Postgres) { Path = database }.Uri;

    /// <exception cref="BenchException">A variable is missing.</exception>
    public static ServerAddresses FromEnvironment() => new(
        new Uri(Variable("DATABASE_URL") ?? throw Missing("DATABASE_URL")),
        Variable("KAFKA_BROKERS") ?? throw Missing("KAFKA_BROKERS"),
        Variable("LOCAL_KAFKA_CONTROL") is { } control ? new Uri(control) : null,
        Variable("PGBENCH"));

    private static BenchException Missing(string name) => new($"{name} is not set; run this by scripts/bench.sh, which starts the servers");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
