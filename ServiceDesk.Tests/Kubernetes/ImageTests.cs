using System.Text.Json.Nodes;
using LocalPostgres;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The images that make images has made, run for real and without servers.</summary>
public sealed class ImageTests
{
    private static readonly (string, string)[] Nowhere =
    [
        ("HTTP_PORTS", "8080"), ("ConnectionStrings__servicedesk", "Host=localhost;Port=1;Username=nobody"),
        ("ConnectionStrings__kafka", "localhost:1"),
    ];

    [RequiresImagesFact]
    public Task The_api_starts_as_anybody_with_little_memory_and_processor() => StartsAsync("ticket-api");

    [RequiresImagesFact]
    public Task The_relay_starts_as_anybody_with_little_memory_and_processor() => StartsAsync("outbox-relay");

    [RequiresImagesFact]
    public Task The_notifier_starts_as_anybody_with_little_memory_and_processor() => StartsAsync("notifier");

    [RequiresImagesFact]
    public async Task The_migrator_starts_so_too_and_says_what_it_misses()
    {
        await using var container = ImageRun.Start("migrator");
        Assert.Equal(2, await container.Process.ExitCodeAsync());
        Assert.Contains("ConnectionStrings:servicedesk", container.Process.Output.Text, StringComparison.Ordinal);
    }

    [RequiresImagesFact]
    public void None_is_made_to_run_as_root_or_has_a_shell_to_start_it() => Assert.All(
        ["migrator", "ticket-api", "outbox-relay", "notifier"], name =>
        {
            var inspected = CommandRun.Of(
                [ImageRun.Runtime!, "image", "inspect", ImageRun.NameOf(name)], TimeSpan.FromSeconds(30));
            Assert.True(inspected.Succeeded, inspected.Output);
            var config = JsonNode.Parse(inspected.Output)![0].At("Config");
            Assert.True(int.Parse(config.Text("User")!) > 0, config.Text("User"));
            Assert.DoesNotContain(
                config.Items("Entrypoint").Concat(config.Items("Cmd")), part => part.ToString().EndsWith("/sh"));
            Assert.Equal("MIT", config!["Labels"]!["org.opencontainers.image.licenses"]!.ToString());
        });

    /// <summary>Alive, and not ready, as its servers are nowhere.</summary>
    private static async Task StartsAsync(string image)
    {
        await using var container = ImageRun.Start(image, Nowhere);
        using var http = new HttpClient { BaseAddress = await container.AddressAsync() };
        await Eventually.IsTrueAsync($"{image} is alive", async () =>
        {
            Assert.False(container.Process.Exited.IsCompleted, container.Process.ToString());
            try
            {
                return (await http.GetAsync("healthz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await http.GetAsync("readyz")).StatusCode);
    }
}
