using System.Text;
using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Sends requests to one of the APIs that run, as a load balancer would.</summary>
internal sealed class ApiCaller(Fleet fleet) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        Timeout = TimeSpan.FromSeconds(6),
    };
    private int _turn;

    public async Task<Reply> SendAsync(
        HttpMethod method, string path, string requestId, object? body = null, string? idempotencyKey = null)
    {
        if (Next() is not { } api)
        {
            return default;
        }

        using var request = new HttpRequestMessage(method, new Uri(api, path));
        request.Headers.Add("X-Request-Id", requestId);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        try
        {
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return new Reply(
                (int)answer.StatusCode, answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : default);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException)
        {
            return default;
        }
    }

    public void Dispose() => _http.Dispose();

    private Uri? Next()
    {
        var running = fleet.Of(ServiceProcess.TicketApi).Select(api => api.Address).OfType<Uri>().ToList();
        return running.Count == 0 ? null : running[(int)((uint)Interlocked.Increment(ref _turn) % running.Count)];
    }
}
