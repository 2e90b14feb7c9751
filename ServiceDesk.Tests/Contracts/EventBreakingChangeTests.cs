using System.Text.Json.Nodes;
using ServiceDesk.Events;
using ServiceDesk.Events.Contracts;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Consumers of the last release can read what this one sends. Its documents are kept in Released; a release
/// copies the current ones there.</summary>
public sealed class EventBreakingChangeTests
{
    private static readonly string Released = Path.Combine(
        ManifestFiles.Root, "ServiceDesk.Tests", "Contracts", "Released");

    public static TheoryData<string> Types =>
        [.. Directory.GetFiles(Path.Combine(Released, "events")).Select(f => Path.GetFileName(f).Split(".v")[0])];

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_breaks_no_consumer_unless_its_major_version_says_so(string type)
    {
        var before = Read(Path.Combine(Released, "events", $"{type}.v1.schema.json"));
        var contract = EventContract.All.SingleOrDefault(c => c.Type == type);
        var changes = contract is null ? ["it is gone"]
            : Between(before, SchemaOf(contract))
                .Concat(Between(Headers(Released, type), Headers(EventDocuments.Folder, type))).ToList();

        Assert.True(
            changes.Count == 0 || EventSchemas.Major > 1,
            $"raise the major version, or take back: {string.Join(", ", changes)}");
    }

    [Theory]
    [InlineData("properties", "payload", null)]
    [InlineData("properties/payload/properties", "title", null)]
    [InlineData("properties/payload/properties", "headline", null, "title")]
    [InlineData("properties/payload/properties/version", "type", "\"string\"")]
    [InlineData("properties/payload/properties/title", "maxLength", "300")]
    [InlineData("properties/payload/properties/status", "enum", """["open","in_progress","resolved","closed","new"]""")]
    [InlineData("properties/payload", "required", """["ticket_id","title","description","status"]""")]
    [InlineData("properties/occurred_at", "format", null)]
    [InlineData("properties/event_type", "const", "\"ticket.made\"")]
    public void A_change_that_breaks_consumers_is_found(
        string parent, string member, string? value, string? renamed = null) =>
        Assert.NotEmpty(Between(SchemaOf(Created), Changed(parent, member, value, renamed)));

    [Theory]
    [InlineData("properties/payload/properties", "priority", """{"type":"string"}""")]
    [InlineData("properties", "tenant", """{"type":"string"}""")]
    [InlineData("properties/payload/properties/title", "maxLength", "150")]
    [InlineData("properties/payload/properties/status", "enum", """["open"]""")]
    [InlineData("properties/payload", "required", """["ticket_id","title","description","status","version","more"]""")]
    public void A_change_that_breaks_nobody_is_let_through(string parent, string member, string? value) =>
        Assert.Empty(Between(SchemaOf(Created), Changed(parent, member, value, renamed: null)));

    private static EventContract Created => EventContract.All.Single(c => c.Type == EventTypes.TicketCreated);

    /// <summary>As it is read from a file.</summary>
    private static JsonObject SchemaOf(EventContract contract) =>
        JsonNode.Parse(contract.Schema().ToJsonString())!.AsObject();

    private static IEnumerable<string> Between(JsonObject before, JsonObject after) =>
        SchemaChanges.Between(n => n.AsObject(), before, n => n.AsObject(), after, "value", isRequest: false);

    private static JsonObject Headers(string folder, string type) =>
        Read(Path.Combine(folder, "asyncapi.v1.json"))["components"]!["messages"]![type]!["headers"]!.AsObject();

    private static JsonObject Changed(string parent, string member, string? value, string? renamed)
    {
        var schema = SchemaOf(Created);
        var node = parent.Split('/').Aggregate<string, JsonNode>(schema, (at, name) => at[name]!).AsObject();
        if (renamed is not null)
        {
            node[member] = node[renamed]!.DeepClone();
            node.Remove(renamed);
        }
        else if (value is null)
        {
            Assert.True(node.Remove(member));
        }
        else
        {
            node[member] = JsonNode.Parse(value);
        }

        return schema;
    }

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsObject();
}
