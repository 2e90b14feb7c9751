using Microsoft.Extensions.Configuration;
using ServiceDesk.Notifier;
using ServiceDesk.OutboxRelay;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

public sealed class SettingRulesTests
{
    [Fact]
    public void The_defaults_keep_their_own_rules()
    {
        Assert.Equal("tickets.events", Read<KafkaSettings>().Topic);
        Assert.Equal(TimeSpan.FromMilliseconds(50), Read<RelaySettings>().PollInterval);
        Assert.Equal(TimeSpan.FromDays(30), Read<NotifierSettings>().Retention);
    }

    [Theory]
    [InlineData("OutboxRelay:BatchSize", "0", "between 1 and 10000")]
    [InlineData("OutboxRelay:BatchSize", "10001", "between 1 and 10000")]
    [InlineData("OutboxRelay:BatchesInFlight", "0", "between 1 and 16")]
    [InlineData("OutboxRelay:PollInterval", "00:00:00", "between")]
    [InlineData("OutboxRelay:PublishTimeout", "00:10:00", "between")]
    [InlineData("OutboxRelay:ProcessingTimeout", "00:00:10", "at least twice PublishTimeout")]
    [InlineData("OutboxRelay:MaxAttempts", "0", "between 1 and 1000")]
    [InlineData("OutboxRelay:Backoff", "00:01:00", "between")]
    [InlineData("OutboxRelay:Retention", "00:00:01", "between")]
    public void A_bad_setting_of_the_relay_is_named_with_its_rule(string key, string value, string rule) =>
        IsRefused<RelaySettings>(key, value, rule);

    [Theory]
    [InlineData("Notifier:BatchSize", "0", "between 1 and 10000")]
    [InlineData("Notifier:MaxBatchAge", "-00:00:01", "between")]
    [InlineData("Notifier:CommitInterval", "00:00:00", "between")]
    [InlineData("Notifier:MaxAttempts", "-1", "between 1 and 1000")]
    [InlineData("Notifier:MaxBackoff", "1.00:00:00", "between")]
    public void A_bad_setting_of_the_notifier_is_named_with_its_rule(string key, string value, string rule) =>
        IsRefused<NotifierSettings>(key, value, rule);

    [Theory]
    [InlineData("Kafka:Topic", "", "1 to 249")]
    [InlineData("Kafka:DeadLetterTopic", "a b", "U+0020")]
    [InlineData("Kafka:GroupId", "", "1 to 255")]
    [InlineData("Kafka:Partitions", "0", "between 1 and 1000")]
    [InlineData("Kafka:ReplicationFactor", "10", "between 1 and 9")]
    [InlineData("Kafka:TopicRetention", "00:00:01", "between")]
    public void A_bad_setting_of_Kafka_is_named_with_its_rule(string key, string value, string rule) =>
        IsRefused<KafkaSettings>(key, value, rule);

    [Theory]
    [InlineData("OutboxRelay:BatchSize", "many", "must be a whole number")]
    [InlineData("OutboxRelay:PollInterval", "soon", "must be a duration")]
    [InlineData("OutboxRelay:BatchSise", "5", "is no setting")]
    [InlineData("OutboxRelay:BatchSize:Most", "5", "must be a whole number")]
    public void A_value_or_a_name_that_cannot_be_read_is_refused(string key, string value, string reason)
    {
        var message = Assert.Throws<SettingsException>(() => Read<RelaySettings>((key, value))).Message;

        Assert.Contains(key.Split(':')[1], message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void IsRefused<T>(string key, string value, string rule) where T : class, ISettings, new()
    {
        var message = Assert.Throws<SettingsException>(() => Read<T>((key, value))).Message;

        Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", message, StringComparison.Ordinal);
        Assert.Contains(rule, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static T Read<T>(params (string Key, string Value)[] settings) where T : class, ISettings, new() =>
        SettingsExtensions.Read<T>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))).Build());
}
