using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Reads a JSON body, and says exactly what is wrong with one that cannot be read.</summary>
internal static class JsonBody
{
    /// <returns>The body, or a problem: another media type, no body, or JSON of another form.</returns>
    public static async ValueTask<Outcome<T>> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        if (!request.HasJsonContentType())
        {
            return Problems.MediaType;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync(request.BodyReader, type, cancellationToken);
            return body is null ? Problems.InvalidJson("The body must be a JSON object, not null.") : body;
        }
        catch (JsonException invalid)
        {
            return Problems.InvalidJson(
                $"The body is not JSON of the expected form: at {Short(invalid.Path)}, " +
                $"line {invalid.LineNumber + 1}, byte {invalid.BytePositionInLine + 1}.");
        }
    }

    private static string Short(string? path) => path is { Length: > 100 } ? path[..100] + "…" : path ?? "$";
}
