using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Contracts;

/// <summary>A request of an operation, by the parameters of the document.</summary>
internal sealed record ApiRequest(ApiOperation Operation)
{
    public IReadOnlyList<(JsonObject Parameter, string Value)> Parameters { get; init; } = [];

    public string? Body { get; init; }

    public string MediaType { get; init; } = "application/json";

    /// <param name="client">Sends it.</param>
    /// <param name="ticket">The ticket it is about, unless a parameter names another.</param>
    /// <param name="further">Headers that are no parameters.</param>
    public Task<Answer> SendAsync(TicketClient client, string ticket, params (string Name, string Value)[] further)
    {
        var id = In("path").Select(p => p.Value).FirstOrDefault(ticket);
        var path = Operation.Path.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
        var query = string.Join('&', In("query").Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
        return client.SendAsync(
            HttpMethod.Parse(Operation.Method.ToUpperInvariant()), query == "" ? path : $"{path}?{query}", Content(),
            [.. In("header"), .. Expectation, .. further]);
    }

    /// <summary>A body that is not sent with the head waits for the server's consent: where it is refused unread, as
    /// for its size or for a path that cannot be decoded, it would meet a closed connection.</summary>
    private IEnumerable<(string Name, string Value)> Expectation =>
        Body?.Length > 1024 ? [("Expect", "100-continue")] : [];

    private IEnumerable<(string Name, string Value)> In(string place) => Parameters
        .Where(p => p.Parameter["in"]!.GetValue<string>() == place)
        .Select(p => (p.Parameter["name"]!.GetValue<string>(), p.Value));

    private ByteArrayContent? Content()
    {
        if (Body is null)
        {
            return null;
        }

        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        return content;
    }
}
