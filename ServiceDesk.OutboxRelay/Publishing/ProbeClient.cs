using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>A connection of its own for readiness: the producer's may be replaced in the middle of a probe.</summary>
internal sealed class ProbeClient : IKafkaHandle, IDisposable
{
    // An admin client would look for events of its own ten times a second.
    private readonly IProducer<Null, Null> _client;

    public ProbeClient(IHostEnvironment environment, IConfiguration configuration)
    {
        var config = new ProducerConfig { BootstrapServers = configuration.GetConnectionString(ConnectionNames.Kafka) };
        KafkaExtensions.Configure(config, environment.ApplicationName, configuration);
        // The producer logs the same broker's troubles.
        _client = new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();
    }

    public Handle Handle => _client.Handle;

    public void Dispose() => _client.Dispose();
}
