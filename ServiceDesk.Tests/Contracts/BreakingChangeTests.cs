using System.Text.Json.Nodes;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The last release's document is kept in Released; a release copies the current one there.</summary>
public sealed class BreakingChangeTests
{
    private const string Post = "paths//tickets/post";
    private const string Schemas = "components/schemas";

    private static readonly OpenApiDocument Released = OpenApiDocument.Read(Path.Combine(
        ManifestFiles.Root, "ServiceDesk.Tests", "Contracts", "Released", "openapi.v1.json"));

    [Fact]
    public void The_document_breaks_nobody_unless_its_major_version_says_so()
    {
        var changes = BreakingChanges.Between(Released, OpenApiDocument.Current);

        Assert.True(
            changes.Count == 0 || Major(OpenApiDocument.Current) > Major(Released),
            $"raise the major version, or take back: {string.Join(", ", changes)}");
    }

    [Theory]
    [InlineData("paths", "/tickets/{id}", null)]
    [InlineData("paths//tickets", "post", null)]
    [InlineData("", "security", """[{"bearer":[]}]""")]
    [InlineData("paths//tickets/get", "parameters", "[]")]
    [InlineData("components/parameters/Limit/schema", "maximum", "100")]
    [InlineData("components/parameters/Status", "required", "true")]
    [InlineData("components/headers/ETag/schema", "pattern", null)]
    [InlineData("components/responses/Unavailable/headers", "Retry-After", null)]
    [InlineData($"{Post}/responses", "201", null)]
    [InlineData($"{Post}/requestBody/content", "application/json", null)]
    [InlineData($"{Schemas}/CreateTicketRequest", "required", """["title","description"]""")]
    [InlineData($"{Schemas}/CreateTicketRequest/properties/title", "minLength", "4")]
    [InlineData($"{Schemas}/CreateTicketRequest/properties/description", "type", "\"string\"")]
    [InlineData($"{Schemas}/TicketStatus", "enum", """["open","in_progress","resolved"]""")]
    [InlineData($"{Schemas}/TicketStatus", "enum", """["open","in_progress","resolved","closed","new"]""")]
    [InlineData($"{Schemas}/Ticket/properties", "version", null)]
    [InlineData($"{Schemas}/Ticket/properties/version", "type", "\"string\"")]
    [InlineData($"{Schemas}/Ticket/properties/created_at", "format", null)]
    [InlineData($"{Schemas}/Ticket/properties/title", "maxLength", "300")]
    [InlineData($"{Schemas}/Ticket", "required", """["id"]""")]
    [InlineData($"{Schemas}/TicketPage/properties/items", "items", """{"type":"string"}""")]
    public void A_change_that_breaks_callers_is_found(string parent, string member, string? value) =>
        Assert.NotEmpty(BreakingChanges.Between(OpenApiDocument.Current, Changed(parent, member, value)));

    [Theory]
    [InlineData("paths", "/teams", """{"get":{"operationId":"x","responses":{}}}""")]
    [InlineData($"{Schemas}/Ticket/properties", "priority", """{"type":"string"}""")]
    [InlineData($"{Schemas}/CreateTicketRequest/properties", "priority", """{"type":"string"}""")]
    [InlineData($"{Schemas}/CreateTicketRequest/properties/title", "maxLength", "300")]
    [InlineData($"{Post}/responses", "423", """{"description":"Locked."}""")]
    [InlineData($"{Post}/responses", "408", null)]
    [InlineData("components/headers/ETag", "description", "\"More.\"")]
    public void A_change_that_breaks_nobody_is_let_through(string parent, string member, string? value) =>
        Assert.Empty(BreakingChanges.Between(OpenApiDocument.Current, Changed(parent, member, value)));

    private static OpenApiDocument Changed(string parent, string member, string? value)
    {
        var document = OpenApiDocument.Read(OpenApiDocument.Path);
        var names = parent.Replace("//tickets", "/~tickets", StringComparison.Ordinal)
            .Split('/', StringSplitOptions.RemoveEmptyEntries).Select(n => n.Replace('~', '/'));
        var node = names.Aggregate<string, JsonNode>(document.Root, (at, name) => at[name]!).AsObject();
        if (value is null)
        {
            Assert.True(node.Remove(member));
        }
        else
        {
            node[member] = JsonNode.Parse(value);
        }

        return document;
    }

    private static int Major(OpenApiDocument document) =>
        Version.Parse(document.Root["info"]!["version"]!.GetValue<string>()).Major;
}
