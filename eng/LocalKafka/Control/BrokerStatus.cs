using System.Text.Json.Serialization;
using LocalKafka.Broker;

namespace LocalKafka.Control;

/// <summary>What GET /status answers.</summary>
internal sealed record BrokerStatus(
    string Bootstrap,
    bool Down,
    [property: JsonPropertyName("latency_ms")] int LatencyMilliseconds,
    int Connections,
    IEnumerable<TopicSpec> Topics);
