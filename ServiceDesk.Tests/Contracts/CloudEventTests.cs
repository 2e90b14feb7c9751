using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Messages in both modes, as others read them: CloudEvents' own library, and a consumer in another language
/// that has the published documents alone.</summary>
public sealed partial class CloudEventTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private static readonly ContentTypeOf[] Modes = [new("binary", "application/json"),
        new("structured", "application/cloudevents+json; charset=UTF-8")];

    private sealed record ContentTypeOf(string Mode, string Value);

    [Fact]
    public async Task The_library_of_CloudEvents_reads_structured_events_and_so_does_the_notifier()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        var api = await system.StartTicketApiAsync();
        await system.StartRelayAsync(("OutboxRelay__CloudEvents", "structured"));
        await system.StartNotifierAsync();

        var ticket = await ChangeTicketAsync(api);

        await system.Database.ProcessedBecomesAsync("done=2");
        Assert.Equal(
            ["New ticket: Printer on fire", "Printer on fire: open -> closed"],
            await system.Database.NotificationsAsync());
        Assert.Empty(await system.DeadLetters.ReadAllAsync());
        var messages = await system.Events.ReadAllAsync();
        Assert.Equal(EventTypes.All, messages.Select(m => Read(m, ticket).Type));
    }

    [RequiresProgramTheory("npm", "node")]
    [InlineData("binary")]
    [InlineData("structured")]
    public async Task A_consumer_in_another_language_reads_the_topic_by_the_published_schemas_alone(string mode)
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        var api = await system.StartTicketApiAsync();
        await system.StartRelayAsync(("OutboxRelay__CloudEvents", mode));
        var ticket = await ChangeTicketAsync(api);
        await system.Events.ReadAtLeastAsync(2);
        await system.Events.WriteAsync(Misshapen(await system.Events.ReadAllAsync(), mode));

        var run = await ContractPrograms.Node.RunAsync(
            "consume.mjs", system.Settings["KAFKA_BROKERS"], system.Events.Name, "3", EventDocuments.Folder);

        var read = run.Standard.Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal([ticket, ticket, ticket], read.Select(e => e.GetProperty("subject").GetString()));
        Assert.All(read, e => Assert.Equal(mode, e.GetProperty("mode").GetString()));
        Assert.Equal(
            ["ticket.created", "ticket.status_changed", "ticket.status_changed"],
            read.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal([0, 0, 1], read.Select(e => e.GetProperty("errors").GetArrayLength()));
        Assert.Contains("version", $"{read[2].GetProperty("errors")}", StringComparison.Ordinal);
    }

    private static async Task<string> ChangeTicketAsync(ServiceProcess api)
    {
        var client = new TicketClient(api.Http);
        var ticket = await client.CreateAsync();
        Assert.Equal(200, (await client.ChangeStatusAsync(ticket, "closed")).Status);
        return ticket;
    }

    /// <summary>The event, once everything that CloudEvents wants of it is there.</summary>
    private static CloudEvent Read(ConsumeResult<byte[], byte[]> message, string ticket)
    {
        var contentType = TestTopic.Header(message, "content-type");
        Assert.Equal(Modes[1].Value, contentType);
        var read = new JsonEventFormatter().DecodeStructuredModeMessage(
            message.Message.Value, new System.Net.Mime.ContentType(contentType!), null);

        Assert.True(read.IsValid);
        Assert.Equal(ticket, read.Subject);
        Assert.Equal(TestTopic.Header(message, "event_id"), read.Id);
        Assert.Equal(TestTopic.Header(message, "event_type"), read.Type);
        Assert.Equal(EventSchemas.NameOf(read.Type!), read.DataSchema!.ToString());
        Assert.Equal(("/servicedesk/tickets", "application/json"), (read.Source!.ToString(), read.DataContentType));
        var data = (JsonElement)read.Data!;
        EventDocuments.FitsValue(read.Type!, data);
        Assert.Equal(read.Time, data.GetProperty("occurred_at").GetDateTimeOffset());
        Assert.NotNull(TestTopic.Header(message, "traceparent"));
        return read;
    }

    /// <summary>The last message again, with a version that is none.</summary>
    private static Message<byte[], byte[]> Misshapen(
        IReadOnlyList<ConsumeResult<byte[], byte[]>> messages, string mode)
    {
        Assert.All(messages, m => Assert.Equal(
            Modes.Single(known => known.Mode == mode).Value, TestTopic.Header(m, "content-type")));
        var last = messages[^1].Message;
        var text = Encoding.UTF8.GetString(last.Value);
        var wrong = Version().Replace(text, "\"version\":0");
        Assert.NotEqual(text, wrong);
        return new Message<byte[], byte[]>
        {
            Key = last.Key,
            Value = Encoding.UTF8.GetBytes(wrong),
            Headers = last.Headers,
        };
    }

    [GeneratedRegex("\"version\":\\s*2")]
    private static partial Regex Version();
}
