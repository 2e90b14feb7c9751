using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Contracts;

/// <summary>An API as developers run it.</summary>
public sealed class DevelopmentApi : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings => [("ASPNETCORE_ENVIRONMENT", "Development")];
}

/// <summary>The page to read about the API and to try it shows the document that the API serves.</summary>
public sealed class ApiReferenceTests(DevelopmentApi api) : IClassFixture<DevelopmentApi>
{
    [Fact]
    public async Task The_bare_address_leads_to_a_page_of_the_document()
    {
        var page = await api.Client.GetAsync("/");

        Assert.Equal((200, "text/html"), (page.Status, page.ContentType));
        Assert.Contains("\"url\":\"openapi/v1.json\"", page.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await api.Client.GetAsync("/scalar/scalar.js")).Status);
        Assert.Equal(
            await File.ReadAllTextAsync(OpenApiDocument.Path), (await api.Client.GetAsync("/openapi/v1.json")).Text);
    }
}
