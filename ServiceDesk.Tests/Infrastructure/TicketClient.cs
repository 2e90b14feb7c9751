using System.Text;
using System.Text.Json;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Speaks to the API as any caller does.</summary>
internal sealed class TicketClient(HttpClient http)
{
    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    /// <param name="body">Anything that serializes to a JSON object.</param>
    /// <param name="headers">Further headers.</param>
    public Task<Answer> PostAsync(object body, params (string Name, string Value)[] headers) =>
        PostJsonAsync(JsonSerializer.Serialize(body), headers);

    public Task<Answer> PostJsonAsync(string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "/tickets", new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public Task<Answer> ChangeStatusAsync(string id, string status, params (string Name, string Value)[] headers) =>
        PatchJsonAsync(id, JsonSerializer.Serialize(new { status }), headers);

    public Task<Answer> PatchJsonAsync(string id, string json, params (string Name, string Value)[] headers) =>
        SendAsync(
            HttpMethod.Patch, $"/tickets/{id}", new StringContent(json, Encoding.UTF8, "application/json"), headers);

    /// <summary>Creates a ticket that nothing is wrong with.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(string title = "Printer on fire")
    {
        var answer = await PostAsync(new { title, description = "Third floor" });
        Assert.True(answer.Status == 201, $"not created: {answer.Status} {answer.Text}");
        return answer.TextOf("id");
    }

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, response.Headers, response.Content.Headers,
            await response.Content.ReadAsStringAsync());
    }
}
