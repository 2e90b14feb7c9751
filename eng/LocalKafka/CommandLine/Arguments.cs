using System.Globalization;
using System.Net;
using LocalKafka.Broker;

namespace LocalKafka.CommandLine;

/// <summary>The command line.</summary>
internal sealed record Arguments(
    IPAddress Host, int Port, int ControlPort, TimeSpan RebalanceDelay, IReadOnlyList<TopicSpec> Topics)
{
    public const string Help = """
        A Kafka broker for development: in memory, one process, with faults on request.

          --port PORT                where clients connect (default 29092; 0: any free port)
          --control-port PORT        HTTP control on 127.0.0.1 (default 29093; 0: any free port)
          --host ADDRESS             IP address to listen on, and to tell clients (default 127.0.0.1)
          --topic NAME[:PARTITIONS]  create this topic; may be repeated (default 1 partition)
          --rebalance-delay-ms MS    how long a new group waits for more members (default 100)
          --help                     this text

        Control: GET /healthz, GET /status, POST /topics?name=&partitions=, POST /faults/down, POST /faults/up,
        POST /faults/latency?ms=, POST /faults/errors?api=&code=&count=, POST /faults/clear.
        """;

    private const int MaxRebalanceDelayMilliseconds = 60_000;

    private static readonly Arguments Default = new(
        IPAddress.Loopback, Port: 29092, ControlPort: 29093, TimeSpan.FromMilliseconds(100), Topics: []);

    /// <exception cref="ArgumentFormatException">An argument is unknown or breaks its rule.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var result = Default;
        for (var index = 0; index < args.Count; index += 2)
        {
            var name = args[index];
            var value = index + 1 < args.Count ? args[index + 1] : "";
            result = name switch
            {
                "--port" => result with { Port = Number(name, value, 0, ushort.MaxValue) },
                "--control-port" => result with { ControlPort = Number(name, value, 0, ushort.MaxValue) },
                "--host" => result with { Host = Address(name, value) },
                "--topic" => result with { Topics = [.. result.Topics, Topic(name, value)] },
                "--rebalance-delay-ms" => result with { RebalanceDelay = Delay(name, value) },
                _ => throw new ArgumentFormatException(name, value, "there is no such argument; see --help"),
            };
        }

        return result;
    }

    /// <exception cref="ArgumentFormatException">It is not a number, or out of range.</exception>
    public static int Number(string name, string? value, int least, int most)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
                ? number
                : throw new ArgumentFormatException(name, value, $"must be a whole number from {least} to {most}");

    private static TimeSpan Delay(string name, string value)
        => TimeSpan.FromMilliseconds(Number(name, value, 0, MaxRebalanceDelayMilliseconds));

    private static IPAddress Address(string name, string value)
    {
        var text = value == "localhost" ? "127.0.0.1" : value;
        return IPAddress.TryParse(text, out var address)
            && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
                ? address
                : throw new ArgumentFormatException(
                    name, value, "must be one IP address of this machine, which clients are told to connect to");
    }

    private static TopicSpec Topic(string name, string value)
        => TopicSpec.TryParse(value, out var topic)
            ? topic
            : throw new ArgumentFormatException(name, value, TopicSpec.Rule);
}
