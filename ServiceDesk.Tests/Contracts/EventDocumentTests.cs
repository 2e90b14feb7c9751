using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceDesk.Events;
using ServiceDesk.Events.Contracts;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The files are what the code says; <c>CONTRACTS_WRITE=1</c> writes them anew.</summary>
public sealed class EventDocumentTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Types => [.. EventTypes.All];

    [Fact]
    public void The_AsyncAPI_document_is_current() =>
        IsCurrent(Path.Combine(EventDocuments.Folder, "asyncapi.v1.json"), AsyncApi.Document());

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_a_schema_that_is_current(string type) =>
        IsCurrent(EventDocuments.SchemaFile(Contract(type)), Contract(type).Schema());

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

    private static void IsCurrent(string file, JsonObject document)
    {
        var text = document.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("CONTRACTS_WRITE") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(text, File.ReadAllText(file));
    }
}
