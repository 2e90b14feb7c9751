namespace ServiceDesk.TicketApi.Http;

/// <summary>The API for programs, in OpenAPI 3.1: a file of the repository, which tests hold the API to.</summary>
internal static class ApiDocument
{
    private const string Resource = "openapi.v1.json";

    public static void MapApiDocument(this WebApplication app)
    {
        var document = Read();
        app.MapGet("/openapi/v1.json", () => TypedResults.Bytes(document, "application/json; charset=utf-8"));
    }

    private static byte[] Read()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        var document = new byte[stream.Length];
        stream.ReadExactly(document);
        return document;
    }
}
