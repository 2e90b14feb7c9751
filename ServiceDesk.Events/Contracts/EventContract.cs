using System.Text.Json.Nodes;

namespace ServiceDesk.Events.Contracts;

/// <summary>What an event of a type looks like: the one place that its JSON Schema and the AsyncAPI document are made
/// from.</summary>
/// <param name="Type">The event type.</param>
/// <param name="Title">For people, in a few words.</param>
/// <param name="Payload">The members of the payload.</param>
/// <param name="Example">A payload.</param>
public sealed record EventContract(
    string Type, string Title, Func<EventMember[]> Payload, string Example)
{
    private const string Ticket = "01a2031a-5887-7a82-94ff-929bd03fc32b";

    public static readonly EventContract[] All =
    [
        new(EventTypes.TicketCreated, "A ticket was created",
            () => [new("ticket_id", Uuid()), new("title", TitleText()), new("description", Text()),
                new("status", Status()), new("version", Version())],
            $$"""
            {"ticket_id":"{{Ticket}}","title":"Printer on fire","description":"3rd floor","status":"open","version":1}
            """),
        new(EventTypes.TicketStatusChanged, "A ticket's status has changed",
            () => [new("ticket_id", Uuid()), new("title", TitleText()), new("old_status", Status()),
                new("status", Status()), new("version", Version())],
            $$"""
            {"ticket_id":"{{Ticket}}","title":"Printer on fire","old_status":"open","status":"closed","version":2}
            """),
    ];

    /// <summary>The file's name below the folder of the schemas.</summary>
    public string File => $"{Type}.v{EventSchemas.Major}.schema.json";

    /// <summary>JSON Schema of the message's value. Unknown members are allowed, as later releases add some.</summary>
    public JsonObject Schema()
    {
        var schema = Object(
        [
            new("event_id", Uuid("Unique; the key for deduplication.")),
            new("event_type", new JsonObject { ["const"] = Type }),
            new("occurred_at", new JsonObject
            {
                ["type"] = "string", ["format"] = "date-time", ["description"] = "When the change was made, in UTC.",
            }),
            new("aggregate", new JsonObject { ["const"] = "ticket" }),
            new("aggregate_id", Uuid("The ticket; also the message's key.")),
            new("request_id", new JsonObject
            {
                ["type"] = new JsonArray("string", "null"), ["description"] = "The X-Request-Id of the request.",
            }),
            new("payload", Object(Payload())),
        ]);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", EventSchemas.NameOf(Type));
        schema.Insert(2, "title", Title);
        return schema;
    }

    /// <summary>A message's value.</summary>
    public JsonObject ExampleValue() => new()
    {
        ["event_id"] = "01a2031a-588c-7b0f-8c35-9a0a6f2fd0f5",
        ["event_type"] = Type,
        ["occurred_at"] = "2026-11-22T11:52:32.965072Z",
        ["aggregate"] = "ticket",
        ["aggregate_id"] = Ticket,
        ["request_id"] = "demo-1",
        ["payload"] = JsonNode.Parse(Example),
    };

    internal static JsonObject Object(EventMember[] members) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray([.. members.Where(m => !m.IsOptional).Select(m => (JsonNode)m.Name)]),
        ["properties"] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Schema))),
    };

    private static JsonObject Uuid(string? description = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["format"] = "uuid" };
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static JsonObject Text(int minLength = 0, int maxLength = 5000) =>
        new() { ["type"] = "string", ["minLength"] = minLength, ["maxLength"] = maxLength };

    private static JsonObject TitleText() => Text(minLength: 3, maxLength: 200);

    private static JsonObject Status() =>
        new() { ["type"] = "string", ["enum"] = new JsonArray("open", "in_progress", "resolved", "closed") };

    private static JsonObject Version() => new()
    {
        ["type"] = "integer",
        ["minimum"] = 1,
        ["description"] = "Counts the changes of a ticket, from 1.",
    };
}

/// <summary>A member of a JSON object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">What it may be.</param>
/// <param name="IsOptional">Whether it may be missing: so it must be of a member that an older release did not
/// send.</param>
public sealed record EventMember(string Name, JsonObject Schema, bool IsOptional = false);
