using System.Text;
using Confluent.Kafka;
using Diag.CommandLine;
using Diag.Kafka;

namespace Diag.Commands;

internal static class ProduceCommand
{
    public static readonly Command Definition = new(
        "produce",
        "--topic TOPIC [--key KEY] [--header NAME=VALUE]... < value",
        "Sends what stands on the standard input as one message. Prints partition and offset.",
        RunAsync)
    {
        Values = ["--topic", "--key", "--header"],
    };

    private static async Task<int> RunAsync(Invocation run)
    {
        var topic = run.Arguments.Require("--topic");
        using (var broker = new Broker(run.Settings))
        {
            // A broker that makes topics by itself would make one of a typing error.
            broker.Partitions(topic);
        }

        using var input = new MemoryStream();
        await using (var standardInput = Console.OpenStandardInput())
        {
            await standardInput.CopyToAsync(input, run.Cancelled);
        }

        using var producer = EventProducer.Build(run.Settings);
        var key = run.Arguments.Find("--key");
        var sent = await producer.ProduceAsync(
            topic,
            new()
            {
                Key = key is null ? null : Encoding.UTF8.GetBytes(key),
                Value = input.ToArray(),
                Headers = Headers(run.Arguments),
            },
            run.Cancelled);
        await run.PrintAsync($"{sent.Partition.Value}\t{sent.Offset.Value}");
        return ExitCode.Ok;
    }

    private static Headers Headers(Arguments arguments)
    {
        var headers = new Headers();
        foreach (var header in arguments.All("--header"))
        {
            if (header.Split('=', 2) is not [{ Length: > 0 } name, var value])
            {
                throw DiagException.Usage($"--header {header}: expected NAME=VALUE");
            }

            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }
}
