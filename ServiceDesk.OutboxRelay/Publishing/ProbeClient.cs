using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Readiness has its own client: the relay may replace its producer in the middle of a probe.</summary>
internal sealed class ProbeClient : IKafkaHandle, IDisposable
{
    // A producer handle: AdminClient runs a thread that polls every 100 ms.
    private readonly IProducer<Null, Null> _client;

    public ProbeClient(IHostEnvironment environment, IConfiguration configuration)
    {
        var config = new ProducerConfig { BootstrapServers = configuration.GetConnectionString(ConnectionNames.Kafka) };
        KafkaExtensions.Configure(config, environment.ApplicationName, configuration);
        // The relay's producer logs the same errors.
        _client = new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();
    }

    public Handle Handle => _client.Handle;

    public void Dispose() => _client.Dispose();
}
