using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>A console with a token, and somebody who knows it.</summary>
internal sealed class OperatorClient : IDisposable
{
    public const string Token = "a-token-for-tests-only";

    private readonly HttpClient _http;

    public OperatorClient(ServiceProcess console, string? token = Token, string? name = "Tess")
    {
        Console = console;
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = console.Http.BaseAddress,
        };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (name is not null)
        {
            _http.DefaultRequestHeaders.Add("X-Operator", name);
        }
    }

    public ServiceProcess Console { get; }

    public HttpClient Http => _http;

    public static async Task<OperatorClient> StartAsync(
        ServiceDeskSystem system, params (string Name, string Value)[] settings) =>
        new(await system.StartAsync(ServiceProcess.Operator, [("Operator__Token", Token), .. settings]));

    /// <summary>Somebody who does not know the token.</summary>
    public static OperatorClient Stranger(ServiceProcess console) => new(console, token: null);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>A refusal: its status, code and field.</summary>
    public async Task<(HttpStatusCode Status, string? Code, string? Field)> RefusedAsync(
        HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await _http.SendAsync(request);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var root = problem.RootElement;
        Assert.Equal((int)answer.StatusCode, root.GetProperty("status").GetInt32());
        Assert.Equal(
            Assert.Single(answer.Headers.GetValues("X-Request-Id")), root.GetProperty("request_id").GetString());
        return (answer.StatusCode, root.GetProperty("code").GetString(),
            root.TryGetProperty("field", out var field) ? field.GetString() : null);
    }

    /// <summary>Asks for an action and waits until it is done.</summary>
    public async Task<JsonElement> ActAsync(object body) =>
        await FinishedAsync((await PostAsync("api/actions", body)).GetProperty("id").GetGuid());

    public Task<JsonElement> FinishedAsync(Guid action) => Eventually.SeesAsync(
        "the action is done", () => GetAsync($"api/actions/{action}"),
        a => a.GetProperty("status").GetString() == "done");

    /// <summary>Waits until the console knows so many open dead letters.</summary>
    public Task<JsonElement> LettersAsync(int count) => Eventually.SeesAsync(
        $"{count} open dead letters", () => GetAsync("api/dead-letters?limit=200"),
        page => page.GetProperty("items").GetArrayLength() == count);

    public void Dispose() => _http.Dispose();
}
