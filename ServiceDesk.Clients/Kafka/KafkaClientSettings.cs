using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

/// <summary>Section <c>KafkaClient</c>: librdkafka's settings by their own names, for every client.</summary>
internal sealed class KafkaClientSettings
{
    private const string Section = "KafkaClient";
    private const string Promised = "must not be set: a promise of delivery rests on the value that it has";

    /// <summary>What must not be set here, under each of its names, and the rule.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bootstrap.servers"] = "must not be set: the brokers are ConnectionStrings:kafka (KAFKA_BROKERS)",
        ["metadata.broker.list"] = "must not be set: the brokers are ConnectionStrings:kafka (KAFKA_BROKERS)",
        ["group.id"] = "must not be set: the consumer group is Kafka:GroupId (KAFKA_GROUP_ID)",
        ["acks"] = Promised,
        ["request.required.acks"] = Promised,
        ["enable.idempotence"] = Promised,
        ["enable.gapless.guarantee"] = Promised,
        ["transactional.id"] = Promised,
        ["partitioner"] = Promised,
        ["message.timeout.ms"] = Promised,
        ["delivery.timeout.ms"] = Promised,
        ["enable.auto.commit"] = Promised,
        ["auto.commit.enable"] = Promised,
        ["enable.auto.offset.store"] = Promised,
        ["auto.offset.reset"] = Promised,
        ["partition.assignment.strategy"] = Promised,
        ["enable.partition.eof"] = Promised,
        ["allow.auto.create.topics"] = Promised,
    };

    private readonly List<IConfigurationSection> _given;

    private KafkaClientSettings(List<IConfigurationSection> given) => _given = given;

    /// <exception cref="SettingsException">A setting is not for this section.</exception>
    public static KafkaClientSettings Read(IConfiguration configuration)
    {
        var given = configuration.GetSection(Section).GetChildren().ToList();
        foreach (var setting in given)
        {
            if (Refused.TryGetValue(setting.Key, out var rule))
            {
                throw SettingsException.For(setting.Path, setting.Value, rule);
            }
        }

        return new KafkaClientSettings(given);
    }

    public void Apply(ClientConfig config) => _given.ForEach(setting => config.Set(setting.Key, setting.Value ?? ""));

    /// <summary>Asks librdkafka, which knows its settings best, by creating a client that is never used.</summary>
    /// <exception cref="SettingsException">librdkafka does not know a setting, or its value is not allowed.</exception>
    public void Check(ClientConfig config)
    {
        if (_given.Count == 0)
        {
            return;
        }

        try
        {
            using var client = Create(config);
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or KafkaException)
        {
            var rule = (refused as KafkaException)?.Error.Reason ?? refused.Message;
            var culprit = _given.Find(setting => rule.Contains(setting.Key, StringComparison.OrdinalIgnoreCase));
            throw culprit is null
                ? new SettingsException($"{Section} is refused by librdkafka: {rule.ReplaceLineEndings(" ")}")
                // The value may be a password, and the client has said what is wrong with it.
                : SettingsException.For(
                    culprit.Path, IsSecret(culprit.Key) ? "…" : culprit.Value,
                    $"librdkafka refuses it: {rule.ReplaceLineEndings(" ")}");
        }
    }

    private static IDisposable Create(ClientConfig config)
    {
        // Without brokers it connects to nobody.
        var alone = config.Where(setting => setting.Key != "bootstrap.servers").ToDictionary();
        return config is ConsumerConfig
            ? new ConsumerBuilder<Ignore, Ignore>(alone.Append(new("group.id", "check")).DistinctBy(s => s.Key))
                .SetLogHandler((_, _) => { }).Build()
            : new ProducerBuilder<Null, Null>(alone).SetLogHandler((_, _) => { }).Build();
    }

    private static bool IsSecret(string key) =>
        key.Contains("password", StringComparison.OrdinalIgnoreCase)
        || key.Contains("pem", StringComparison.OrdinalIgnoreCase)
        || key.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || key.Contains("sasl.oauthbearer", StringComparison.OrdinalIgnoreCase);
}
