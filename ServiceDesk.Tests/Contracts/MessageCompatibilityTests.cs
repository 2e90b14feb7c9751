using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Messages of earlier and of later releases, kept as files: this notifier reads them, or parks what it cannot
/// know. Files are added, and never changed.</summary>
public sealed class MessageCompatibilityTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    [Fact]
    public async Task Messages_of_other_releases_are_read_and_newer_versions_are_parked()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);
        var kept = Directory.GetFiles(
            Path.Combine(ManifestFiles.Root, "ServiceDesk.Tests", "Contracts", "Messages"), "*.json")
            .Order().Select(file => JsonNode.Parse(File.ReadAllText(file))!.AsObject()).ToList();
        var known = kept.Where(m => m["notification"] is not null).ToList();
        var newer = kept.Except(known).ToList();
        Assert.NotEmpty(known);
        Assert.NotEmpty(newer);
        await system.Events.WriteAsync([.. kept.Select(Message)]);

        await system.StartNotifierAsync();
        await system.Database.ProcessedBecomesAsync($"done={known.Count}");
        var letters = await system.DeadLetters.ReadAtLeastAsync(newer.Count);

        Assert.Equal(
            known.Select(m => m["notification"]!.GetValue<string>()).Order(),
            (await system.Database.NotificationsAsync()).Order());
        Assert.Equal(
            newer.Select(m => m["headers"]!["event_id"]!.GetValue<string>()),
            letters.Select(l => TestTopic.Header(l, "event_id")));
        Assert.All(letters, letter => Assert.Equal("unknown_type", TestTopic.Header(letter, "dlq_code")));
    }

    private static Message<byte[], byte[]> Message(JsonObject kept)
    {
        var headers = new Headers();
        foreach (var (name, value) in kept["headers"]!.AsObject())
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value!.GetValue<string>()));
        }

        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(kept["key"]!.GetValue<string>()),
            Value = Encoding.UTF8.GetBytes(kept["value"]!.ToJsonString()),
            Headers = headers,
        };
    }
}
