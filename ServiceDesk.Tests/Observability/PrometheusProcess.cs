using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Observability;

/// <summary>A real Prometheus with the rules of this repository, which scrapes services every second.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _http;

    private PrometheusProcess(ChildProcess process, TemporaryFolder folder, int port) =>
        (_process, _folder, _http) =
            (process, folder, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") });

    /// <param name="services">By job, each with the addresses of its processes.</param>
    /// <param name="hurries">Whether a second of the rules is to pass for a minute.</param>
    public static async Task<PrometheusProcess> StartAsync(ILookup<string, string> services, bool hurries = false)
    {
        var (folder, port) = (new TemporaryFolder(), FreePort.Find());
        var rules = hurries
            ? folder.Write("alerts.yaml", HurriedRules.From(await File.ReadAllTextAsync(Queries.Rules)))
            : Queries.Rules;
        var interval = hurries ? "500ms" : "1s";
        var jobs = services.Select(job => $$"""
              - job_name: {{job.Key}}
                static_configs: [{ targets: [{{string.Join(", ", job.Select(address => $"'{address}'"))}}] }]
            """);
        var file = folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: {{interval}}, scrape_timeout: {{interval}}, evaluation_interval: {{interval}} }
            rule_files: ["{{rules}}"]
            scrape_configs:
            {{string.Join('\n', jobs)}}
            """);
        var prometheus = new PrometheusProcess(
            ChildProcess.Start(
                "prometheus",
                [
                    $"--config.file={file}", $"--storage.tsdb.path={Path.Combine(folder.FullName, "data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                ],
                []),
            folder, port);
        try
        {
            await prometheus._process.Output.LineAsync("that it is ready", line =>
                line.Contains("Server is ready to receive web requests", StringComparison.Ordinal));
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that a query has now.</summary>
    public async Task<JsonArray> QueryAsync(string query)
    {
        using var answer = await _http.GetAsync($"query?query={Uri.EscapeDataString(query)}");
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {body["error"]}");
        return body["data"]!["result"]!.AsArray();
    }

    /// <summary>Names of the alerts that fire, or fired within a span that PromQL understands.</summary>
    public async Task<IReadOnlyCollection<string>> FiredAsync(string within)
    {
        var query = $"count by (alertname) (count_over_time(ALERTS{{alertstate='firing'}}[{within}]))";
        return [.. (await QueryAsync(query)).Select(r => r!["metric"]!["alertname"]!.GetValue<string>())];
    }

    /// <summary>Alerts as "name state", in order.</summary>
    public async Task<string> AlertsAsync()
    {
        var body = await _http.GetFromJsonAsync<JsonNode>("alerts");
        return string.Join(", ", body!["data"]!["alerts"]!.AsArray()
            .Select(a => $"{a!["labels"]!["alertname"]} {a["state"]}").Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
