namespace ServiceDesk.Bench.Servers;

/// <summary>Where Postgres and Kafka are; scripts/bench.sh starts them.</summary>
/// <param name="Postgres">A database on the server, as in DATABASE_URL.</param>
/// <param name="Kafka">host:port,host:port.</param>
/// <param name="LocalKafka">LocalKafka's host:port: the broker itself, or one beside it that can be
/// slowed down.</param>
/// <param name="LocalKafkaControl">LocalKafka's control address.</param>
/// <param name="Pgbench">The program, or null when it is not installed.</param>
internal sealed record ServerAddresses(
    Uri Postgres, string Kafka, string LocalKafka, Uri LocalKafkaControl, string? Pgbench)
{
    public bool IsLocalKafka => Kafka == LocalKafka;

    /// <summary>A database that every server has.</summary>
    public Uri Maintenance => UrlOf("postgres");

    public Uri UrlOf(string database) => new UriBuilder(Postgres) { Path = database }.Uri;

    /// <exception cref="BenchException">A variable is missing.</exception>
    public static ServerAddresses FromEnvironment() => new(
        new Uri(Required("DATABASE_URL")),
        Required("KAFKA_BROKERS"),
        Required("LOCAL_KAFKA"),
        new Uri(Required("LOCAL_KAFKA_CONTROL")),
        Variable("PGBENCH"));

    private static string Required(string name) =>
        Variable(name)
        ?? throw new BenchException($"{name} is not set; run this by scripts/bench.sh, which starts the servers");

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
