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
                + "mode. Ignore members and headers that you do not know.",
            ["license"] = new JsonObject { ["name"] = "MIT" },
        },
        ["defaultContentType"] = EventHeaders.Json,
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
        var headers = EventContract.Object(
        [
            (EventHeaders.EventId, Text("uuid")),
            (EventHeaders.EventType, Constant(contract.Type)),
            (EventHeaders.ContentType, Constant(EventHeaders.Json)),
            (EventHeaders.CloudEventId, Text("uuid")),
            (EventHeaders.CloudEventType, Constant(contract.Type)),
            (EventHeaders.CloudEventSource, Constant(EventHeaders.Source)),
            (EventHeaders.CloudEventSpecVersion, Constant(EventHeaders.SpecVersion)),
            (EventHeaders.CloudEventTime, Text("date-time")),
            (EventHeaders.CloudEventSubject, Text("uuid")),
            (EventHeaders.CloudEventDataSchema, Constant(EventSchemas.NameOf(contract.Type))),
        ]);
        // Only where the request had a trace.
        headers["properties"]![EventHeaders.TraceParent] = new JsonObject { ["type"] = "string" };
        headers["properties"]![EventHeaders.TraceState] = new JsonObject { ["type"] = "string" };
        return headers;
    }

    private static JsonObject PerType(Func<EventContract, JsonObject> part) =>
        new(EventContract.All.Select(c => KeyValuePair.Create(c.Type, (JsonNode?)part(c))));

    private static JsonObject Reference(string target) => new() { ["$ref"] = target };

    private static JsonObject Text(string format) => new() { ["type"] = "string", ["format"] = format };

    private static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value };
}
