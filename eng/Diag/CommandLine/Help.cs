using System.Text;

namespace Diag.CommandLine;

internal static class Help
{
    private const string Intro = """
        diag: what is in the outbox, in Kafka and in processed_events.

        usage: diag COMMAND [ARGUMENT...]

        """;

    private const string Environment = """

        Environment: DATABASE_URL, KAFKA_BROKERS (127.0.0.1:29092), KAFKA_TOPIC (tickets.events),
        KAFKA_GROUP_ID (notification-service).
        Exit codes: 0 done, 1 not there or not in time, 2 wrong usage, 3 a server is away.

        """;

    public static string Text(string[] args)
    {
        var about = CommandCatalog.All.Where(c => args.Contains(c.Verb)).ToArray();
        var text = new StringBuilder(about.Length == 0 ? Intro : "");
        foreach (var command in about.Length == 0 ? CommandCatalog.All : about)
        {
            text.Append("  ").AppendLine($"{command.Verb} {command.Parameters}".TrimEnd());
            text.Append("      ").AppendLine(command.Summary);
        }

        return text.Append(Environment).ToString();
    }
}
