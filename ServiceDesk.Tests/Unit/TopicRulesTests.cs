using Confluent.Kafka;
using ServiceDesk.Migrator;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

/// <summary>A topic that somebody else made: what breaks a promise is named; what loses or doubles events ends the
/// migration.</summary>
public sealed class TopicRulesTests
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);
    private static readonly KafkaSettings Kafka = new() { Partitions = 12, ReplicationFactor = 3 };

    [Theory]
    [InlineData("cleanup.policy", "compact", true)]
    [InlineData("cleanup.policy", "compact,delete", true)]
    [InlineData("retention.ms", "-1", true)]
    [InlineData("retention.ms", "2592000000", true)]
    [InlineData("retention.ms", "604799999", true)]
    [InlineData("retention.bytes", "1073741824", false)]
    [InlineData("max.message.bytes", "100000", false)]
    [InlineData("min.insync.replicas", "1", false)]
    [InlineData("min.insync.replicas", "4", false)]
    [InlineData("unclean.leader.election.enable", "true", false)]
    public void A_setting_that_breaks_a_promise_is_named_with_its_value(string setting, string value, bool loses)
    {
        var problem = Assert.Single(Events(new() { [setting] = value }));

        Assert.Equal((setting, loses), (problem.Setting, problem.Loses));
        Assert.StartsWith($"{setting} is {value}", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(", wanted ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_as_the_migrator_makes_it_has_no_problem() => Assert.Empty(Events([]));

    [Fact]
    public void Where_the_broker_tells_no_settings_partitions_and_replicas_are_still_compared()
    {
        var unknown = new Dictionary<string, string>();
        var problems = TopicRules.Events(Topic(partitions: 3, replicas: 1), unknown, Kafka, Memory).ToList();

        Assert.Equal(["partitions is 3, wanted 12", "replication factor is 1, wanted 3"],
            problems.Select(p => p.ToString().Split(" (")[0]));
        Assert.DoesNotContain(problems, p => p.Loses);
    }

    [Theory]
    [InlineData("cleanup.policy", "compact", true)]
    [InlineData("retention.ms", "604800000", false)]
    public void Dead_letters_are_kept_for_ever_and_never_compacted(string setting, string value, bool loses)
    {
        var settings = new Dictionary<string, string> { ["retention.ms"] = "-1", [setting] = value };

        var problem = Assert.Single(TopicRules.Letters(Topic(3, 3), settings, Kafka));
        Assert.Equal((setting, loses), (problem.Setting, problem.Loses));
    }

    private static List<TopicProblem> Events(Dictionary<string, string> changed)
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = "604800000",
            ["retention.bytes"] = "-1",
            ["max.message.bytes"] = "1048588",
            ["min.insync.replicas"] = "2",
            ["unclean.leader.election.enable"] = "false",
        };
        foreach (var (name, value) in changed)
        {
            settings[name] = value;
        }

        return [.. TopicRules.Events(Topic(12, 3), settings, Kafka, Memory)];
    }

    private static TopicMetadata Topic(int partitions, int replicas) => new("tickets.events",
        [.. Enumerable.Range(0, partitions).Select(p => new PartitionMetadata(
            p, leader: 0, [.. Enumerable.Range(0, replicas)], [.. Enumerable.Range(0, replicas)],
            new Error(ErrorCode.NoError)))],
        new Error(ErrorCode.NoError));
}
