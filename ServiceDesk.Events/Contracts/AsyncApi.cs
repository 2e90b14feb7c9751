using System.Text.Json.Nodes;

namespace ServiceDesk.Events.Contracts;

/// <summary>The AsyncAPI 3 document of the topic.</summary>
public static class AsyncApi
{
    private const string Channel = "#/channels/ticketEvents";

    public static JsonObject Document() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "ServiceDesk ticket events",
            ["version"] = $"{EventSchemas.Major}.0.0",
            ["description"] = "Every change of a ticket, at least once, in order per ticket. CloudEvents 1.0 in binary "
                + "mode; where the relay is set to structured mode, the value is a CloudEvent in JSON whose data fits "
                + "the payload's schema. Ignore members and headers that you do not know.",
            ["license"] = new JsonObject { ["name"] = "MIT" },
            ["tags"] = new JsonArray(new JsonObject { ["name"] = "tickets" }),
        },
        ["defaultContentType"] = EventHeaders.Json,
        ["servers"] = new JsonObject
        {
            ["local"] = new JsonObject
            {
                ["host"] = "localhost:29092",
                ["protocol"] = "kafka",
                ["description"] = "Where a developer's broker is; KAFKA_BROKERS names another.",
            },
        },
        ["channels"] = new JsonObject
        {
            ["ticketEvents"] = new JsonObject
            {
                ["address"] = "tickets.events",
                ["description"] = "The key is the ticket's id, so all events of a ticket are in one partition.",
                ["messages"] = PerType(contract => Reference($"#/components/messages/{contract.Type}")),
                ["bindings"] = new JsonObject { ["kafka"] = new JsonObject { ["topic"] = "tickets.events" } },
            },
        },
        ["operations"] = new JsonObject
        {
            ["publishTicketEvents"] = new JsonObject
            {
                ["action"] = "send",
                ["channel"] = Reference(Channel),
                ["summary"] = "The relay publishes what the outbox holds.",
                ["description"] = "An event may be published again; remember event_id.",
                ["messages"] = new JsonArray(
                    [.. EventContract.All.Select(c => Reference($"{Channel}/messages/{c.Type}"))]),
            },
        },
        ["components"] = new JsonObject { ["messages"] = PerType(Message) },
    };

    private static JsonObject Message(EventContract contract) => new()
    {
        ["name"] = contract.Type,
        ["title"] = contract.Title,
        ["contentType"] = EventHeaders.Json,
        ["headers"] = Headers(contract),
        ["payload"] = Reference($"events/{contract.File}"),
        ["bindings"] = new JsonObject
        {
            ["kafka"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "string", ["format"] = "uuid" } },
        },
        ["examples"] = new JsonArray(new JsonObject { ["payload"] = contract.ExampleValue() }),
    };

    private static JsonObject Headers(EventContract contract)
    {
        // Traces and baggage only where the request had them.
        return EventContract.Object(
        [
            new(EventHeaders.EventId, Text("uuid")),
            new(EventHeaders.EventType, Constant(contract.Type)),
            new(EventHeaders.ContentType, Constant(EventHeaders.Json)),
            new(EventHeaders.CloudEventId, Text("uuid")),
            new(EventHeaders.CloudEventType, Constant(contract.Type)),
            new(EventHeaders.CloudEventSource, Constant(EventHeaders.Source)),
            new(EventHeaders.CloudEventSpecVersion, Constant(EventHeaders.SpecVersion)),
            new(EventHeaders.CloudEventTime, Text("date-time")),
            new(EventHeaders.CloudEventSubject, Text("uuid")),
            new(EventHeaders.CloudEventDataSchema, Constant(EventSchemas.NameOf(contract.Type))),
            new(EventHeaders.TraceParent, new JsonObject { ["type"] = "string" }, IsOptional: true),
            new(EventHeaders.TraceState, new JsonObject { ["type"] = "string" }, IsOptional: true),
            new(EventHeaders.Baggage, new JsonObject { ["type"] = "string" }, IsOptional: true),
        ]);
    }

    private static JsonObject PerType(Func<EventContract, JsonObject> part) =>
        new(EventContract.All.Select(c => KeyValuePair.Create(c.Type, (JsonNode?)part(c))));

    private static JsonObject Reference(string target) => new() { ["$ref"] = target };

    private static JsonObject Text(string format) => new() { ["type"] = "string", ["format"] = format };

    private static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value };
}
