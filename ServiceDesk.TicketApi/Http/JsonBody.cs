using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Reads a JSON body, and says exactly what is wrong with one that cannot be read.</summary>
internal static class JsonBody
{
    /// <exception cref="ApiException">Another media type, no body, or JSON that does not fit.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new ApiException(Problems.MediaType);
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.BodyReader, type, cancellation)
                ?? throw new ApiException(Problems.InvalidJson("The body must be a JSON object, not null."));
        }
        catch (JsonException invalid)
        {
            throw new ApiException(Problems.InvalidJson(Describe(invalid)));
        }
    }

    private static string Describe(JsonException invalid) =>
        $"The body is not JSON of the expected form: at {Short(invalid.Path)}, line {invalid.LineNumber + 1}, byte {invalid.BytePositionInLine + 1}.";

    private static string Short(string? path) => path is { Length: > 100 } ? path[..100] + "…" : path ?? "$";
}
