using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceDesk.Events;
using ServiceDesk.Events.Contracts;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The files are what the code says; <c>CONTRACTS_WRITE=1</c> writes them anew.</summary>
public sealed class EventDocumentTests
{
    public static TheoryData<string> Types => [.. EventTypes.All];

    [Fact]
    public void The_AsyncAPI_document_is_current() =>
        IsCurrent(Path.Combine(EventDocuments.Folder, "asyncapi.v1.json"), AsyncApi.Document());

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_a_schema_that_is_current(string type) =>
        IsCurrent(EventDocuments.SchemaFile(Contract(type)), Contract(type).Schema());

    [Fact]
    public void The_page_is_current() =>
        IsCurrent(Path.Combine(EventDocuments.Folder, "events.md"), EventPage.Render());

    [Fact]
    public void The_page_tells_of_every_member_header_and_type()
    {
        var page = EventPage.Render();
        var members =
            from contract in EventContract.All
            from member in contract.Schema()["properties"]!.AsObject().Select(p => p.Key)
                .Concat(contract.Payload().Select(m => $"payload.{m.Name}"))
            select member;

        Assert.All(members.Concat(EventTypes.All).Append("ce_dataschema"), name =>
            Assert.Contains(name, page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_that_older_releases_did_not_send_need_not_be_there()
    {
        var contract = Contract(EventTypes.TicketCreated) with
        {
            Payload = () => [new("title", []), new("priority", [], IsOptional: true)],
        };

        var payload = contract.Schema()["properties"]!["payload"]!;

        Assert.Equal("[\"title\"]", payload["required"]!.ToJsonString());
        Assert.Equal(["title", "priority"], payload["properties"]!.AsObject().Select(p => p.Key));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_example_of_a_type_fits_its_schema(string type) =>
        EventDocuments.FitsValue(type, JsonSerializer.SerializeToElement(Contract(type).ExampleValue()));

    [Fact]
    public void Statuses_and_bounds_are_those_of_the_API()
    {
        var payload = Contract(EventTypes.TicketCreated).Schema()["properties"]!["payload"]!["properties"]!;

        Assert.Equal(TicketStatus.All.Order(), payload["status"]!["enum"]!.AsArray().Select(s => $"{s}").Order());
        Assert.Equal(
            (TicketRules.MinTitle, TicketRules.MaxTitle, TicketRules.MaxDescription),
            ((int)payload["title"]!["minLength"]!, (int)payload["title"]!["maxLength"]!,
                (int)payload["description"]!["maxLength"]!));
    }

    private static EventContract Contract(string type) => EventContract.All.Single(c => c.Type == type);

    private static void IsCurrent(string file, JsonObject document) =>
        IsCurrent(file, document.ToJsonString(EventPage.Indented) + "\n");

    private static void IsCurrent(string file, string text)
    {
        if (Environment.GetEnvironmentVariable("CONTRACTS_WRITE") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(text, File.ReadAllText(file));
    }
}
