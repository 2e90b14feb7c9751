using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Reporting;

/// <summary>Which broker it is. Its address is nobody's business.</summary>
internal static class BrokerVersion
{
    private const string VersionSetting = "inter.broker.protocol.version";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static string Describe(ServerAddresses servers)
    {
        if (servers.IsLocalKafka)
        {
            return "LocalKafka: librdkafka's mock broker, in memory; its figures say little about Kafka";
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers.Kafka }).Build();
        try
        {
            var brokers = admin.GetMetadata(Limit).Brokers;
            return $"Kafka at KAFKA_BROKERS, {brokers.Count} {(brokers.Count == 1 ? "broker" : "brokers")}, "
                + $"{Version(admin, brokers[0].BrokerId)}";
        }
        catch (KafkaException unreachable)
        {
            throw new BenchException($"Kafka does not answer: {unreachable.Error.Reason}");
        }
    }

    private static string Version(IAdminClient admin, int broker)
    {
        try
        {
            var resource = new ConfigResource { Type = ResourceType.Broker, Name = broker.ToString(Text.Culture) };
            var configuration = admin.DescribeConfigsAsync([resource], new() { RequestTimeout = Limit })
                .GetAwaiter().GetResult()[0];
            return configuration.Entries.TryGetValue(VersionSetting, out var entry)
                ? $"protocol version {entry.Value}"
                : "version unknown";
        }
        catch (KafkaException)
        {
            return "version unknown";
        }
    }
}
