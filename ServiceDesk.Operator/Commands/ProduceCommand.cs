using System.CommandLine;
using System.Text;
using Confluent.Kafka;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Commands;

internal static class ProduceCommand
{
    public static Command Create()
    {
        var topic = new Option<string>("--topic") { Description = "Where to", Required = true };
        var key = new Option<string?>("--key") { Description = "The message's key" };
        var header = new Option<string[]>("--header") { Description = "NAME=VALUE; may be repeated" };
        return new Command(
            "produce", "Sends what stands on the standard input as one message. Prints partition and offset.")
        {
            topic, key, header,
        }.Does(async (parsed, run) =>
        {
            using var broker = new Broker(run.Settings);
            // A broker that makes topics by itself would make one of a typing error.
            broker.Partitions(parsed.GetRequiredValue(topic));
            using var input = new MemoryStream();
            await using var standardInput = Console.OpenStandardInput();
            await standardInput.CopyToAsync(input, run.Cancelled);
            using var producer = broker.Producer();
            var message = new Message<byte[]?, byte[]>
            {
                Key = parsed.GetValue(key) is { } text ? Encoding.UTF8.GetBytes(text) : null,
                Value = input.ToArray(),
                Headers = Headers(parsed.GetValue(header) ?? []),
            };
            var sent = await producer.ProduceAsync(parsed.GetRequiredValue(topic), message, run.Cancelled);
            await run.PrintAsync($"{sent.Partition.Value}\t{sent.Offset.Value}");
        });
    }

    private static Headers Headers(string[] pairs)
    {
        var headers = new Headers();
        foreach (var pair in pairs)
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, var value])
            {
                throw DiagException.Usage($"--header {pair}: expected NAME=VALUE");
            }

            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }
}
