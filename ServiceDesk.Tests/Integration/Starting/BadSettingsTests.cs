using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Starting;

/// <summary>A bad setting stops the start: exit code 2, and one line on stderr with the setting, its value and the
/// rule.</summary>
public sealed class BadSettingsTests
{
    private const string Migrator = "ServiceDesk.Migrator";

    public static TheoryData<string, string, string, string[]> Bad => new()
    {
        {
            ServiceProcess.OutboxRelay, "KAFKA_TOPIC", "tiсkets.events",
            ["Kafka:Topic (KAFKA_TOPIC)", "tiсkets.events", "U+0441"]
        },
        {
            ServiceProcess.Notifier, "KAFKA_DLQ_TOPIC", "tickets.events",
            ["Kafka:DeadLetterTopic (KAFKA_DLQ_TOPIC)", "tickets.events", "must not be the topic"]
        },
        { Migrator, "KAFKA_TOPIC", "tiсkets.events", ["Kafka:Topic (KAFKA_TOPIC)", "U+0441"] },
        {
            ServiceProcess.TicketApi, "DATABASE_URL", "mysql://me:secret@host/db",
            ["ConnectionStrings:servicedesk (DATABASE_URL)", "postgres://"]
        },
        {
            ServiceProcess.TicketApi, "DATABASE_URL", "",
            ["ConnectionStrings:servicedesk (DATABASE_URL)", "must be set"]
        },
        {
            ServiceProcess.TicketApi, "DATABASE_URL", "postgres://me:secret@h/d?sslmode=2",
            ["(DATABASE_URL)", "'sslmode' cannot be '2'"]
        },
        {
            ServiceProcess.Notifier, "DATABASE_URL", "postgres://me:secret@h/d?sslrootcert=/nowhere/ca.pem",
            ["(DATABASE_URL)", "Root Certificate", "/nowhere/ca.pem"]
        },
        {
            ServiceProcess.OutboxRelay, "DATABASE_URL", "postgres://me:secret@h/d?sslcert=/nowhere/c.pem",
            ["(DATABASE_URL)", "SSL Certificate", "/nowhere/c.pem"]
        },
        {
            Migrator, "DATABASE_URL", "postgres://me:secret@h/d?sslkey=/nowhere/k.pem",
            ["(DATABASE_URL)", "SSL Key", "/nowhere/k.pem"]
        },
        {
            ServiceProcess.TicketApi, "DATABASE_URL", "postgres://me:secret@a,b/d?target_session_attrs=standby",
            ["(DATABASE_URL)", "takes no writes"]
        },
        { Migrator, "Database__Pooler", "session", ["Database:Pooler", "'session'", "none or transaction"] },
        {
            ServiceProcess.TicketApi, "Database__Role", "a;b",
            ["Database:Role", "'a;b'", "letters, digits and underscores"]
        },
        { ServiceProcess.TicketApi, "HTTP_ADDR", "8080", ["Listen:Http (HTTP_ADDR)", "'8080'", "must be host:port"] },
        {
            ServiceProcess.OutboxRelay, "METRICS_ADDR", ":99999",
            ["Listen:Metrics (METRICS_ADDR)", "':99999'", "must be host:port"]
        },
        { ServiceProcess.OutboxRelay, "KAFKA_BROKERS", "", ["ConnectionStrings:kafka (KAFKA_BROKERS)", "must be set"] },
        {
            ServiceProcess.Notifier, "KAFKA_BROKERS", "kafka",
            ["ConnectionStrings:kafka (KAFKA_BROKERS)", "'kafka'", "host:port"]
        },
        {
            ServiceProcess.OutboxRelay, "OUTBOX_RELAY_BATCH_SIZE", "many",
            ["OutboxRelay:BatchSize (OUTBOX_RELAY_BATCH_SIZE)", "'many'", "must be a whole number"]
        },
        {
            ServiceProcess.OutboxRelay, "OUTBOX_RELAY_POLL_INTERVAL", "5",
            ["OutboxRelay:PollInterval (OUTBOX_RELAY_POLL_INTERVAL)", "'5'", "must be a duration"]
        },
        {
            ServiceProcess.Notifier, "NOTIFY_MAX_ATTEMPTS", "0",
            ["Notifier:MaxAttempts (NOTIFY_MAX_ATTEMPTS)", "'0'", "between 1 and 1000"]
        },
        {
            ServiceProcess.Notifier, "Notifier__Retention", "1.00:00:00",
            ["Notifier:Retention", "1.00:00:00", "Kafka:TopicRetention"]
        },
        {
            ServiceProcess.OutboxRelay, "KafkaClient__no.such.setting", "1",
            ["KafkaClient:no.such.setting", "'1'", "No such configuration property"]
        },
        {
            ServiceProcess.Notifier, "KafkaClient__security.protocol", "tsl",
            ["KafkaClient:security.protocol", "'tsl'", "Invalid value"]
        },
        {
            Migrator, "KafkaClient__socket.timeout.ms", "soon",
            ["KafkaClient:socket.timeout.ms", "'soon'", "Invalid value"]
        },
        {
            ServiceProcess.Notifier, "KafkaClient__session.timeout.ms", "900000",
            ["KafkaClient:session.timeout.ms", "'900000'", "max.poll.interval.ms"]
        },
        {
            ServiceProcess.Notifier, "KafkaClient__enable.auto.commit", "true",
            ["KafkaClient:enable.auto.commit", "'true'", "must not be set"]
        },
        { ServiceProcess.OutboxRelay, "KafkaClient__acks", "1", ["KafkaClient:acks", "'1'", "must not be set"] },
        {
            ServiceProcess.OutboxRelay, "KafkaClient__bootstrap.servers", "a:1",
            ["KafkaClient:bootstrap.servers", "'a:1'", "KAFKA_BROKERS"]
        },
        {
            ServiceProcess.OutboxRelay, "OutboxRelay__CloudEvents", "both",
            ["OutboxRelay:CloudEvents", "'both'", "must be binary or structured"]
        },
        {
            ServiceProcess.TicketApi, "RateLimit__Requests", "-1",
            ["RateLimit:Requests", "'-1'", "between 0 and 1000000"]
        },
        { ServiceProcess.TicketApi, "RateLimit__Window", "00:00:00", ["RateLimit:Window", "'00:00:00'", "between"] },
        { ServiceProcess.TicketApi, "Api__MaxRequests", "0", ["Api:MaxRequests", "'0'", "between 1 and 100000"] },
        { ServiceProcess.TicketApi, "Api__KeyRetention", "0", ["Api:KeyRetention", "'00:00:00'", "between"] },
        {
            ServiceProcess.TicketApi, "Api__ProblemTypes", "docs/problems.md#",
            ["Api:ProblemTypes", "'docs/problems.md#'", "http:// or https:// address"]
        },
        {
            Migrator, "Migrator__ScriptsFolder", "/nowhere/at/all",
            ["Migrator:ScriptsFolder", "/nowhere/at/all", "must be a folder"]
        },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task It_is_named_with_its_value_and_its_rule(
        string project, string setting, string value, string[] named)
    {
        await using var process = ChildProcess.StartProgram(project, [], Settings((setting, value)));

        Assert.Equal(2, await process.ExitCodeAsync());
        var line = Assert.Single(process.Output.Errors);
        Assert.All(named, part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", process.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standard_name_wins_over_the_alias()
    {
        await using var process = ChildProcess.StartProgram(ServiceProcess.OutboxRelay, [],
            Settings(("OUTBOX_RELAY_BATCH_SIZE", "10"), ("OutboxRelay__BatchSize", "0")));

        Assert.Equal(2, await process.ExitCodeAsync());
        Assert.Contains("is '0'", Assert.Single(process.Output.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var process = ChildProcess.StartProgram(
            ServiceProcess.TicketApi, [], Settings(("HTTP_ADDR", taken.LocalEndpoint.ToString()!)));

        Assert.NotEqual(0, await process.ExitCodeAsync());
        var line = Assert.Single(process.Output.Errors);
        Assert.Contains(taken.LocalEndpoint.ToString()!, line, StringComparison.Ordinal);
        Assert.Contains("Listen:Http", line, StringComparison.Ordinal);
    }

    /// <summary>Servers that are not there: whoever looks at settings first never asks for them.</summary>
    private static Dictionary<string, string> Settings(params (string Name, string Value)[] given)
    {
        var settings = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none",
            ["KAFKA_BROKERS"] = "127.0.0.1:1",
            ["HTTP_ADDR"] = "127.0.0.1:0",
            ["METRICS_ADDR"] = "127.0.0.1:0",
        };
        foreach (var (name, value) in given)
        {
            settings[name] = value;
        }

        return settings;
    }
}
