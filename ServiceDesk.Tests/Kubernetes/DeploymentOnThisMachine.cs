using System.Text.Json.Nodes;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>Servers here that answer as the rendered ones would: the same user and password, the same topics. Only the
/// addresses differ, and are put in place of the Services' names.</summary>
internal sealed class DeploymentOnThisMachine(TestServers servers, Overlay overlay) : IAsyncDisposable
{
    private const string Password = "from-the-secret";

    public NpgsqlConnectionStringBuilder Postgres { get; } =
        new(Settings.PostgresUrl.ToConnectionString(servers.Postgres.UrlOf("postgres")));

    public static async Task<DeploymentOnThisMachine> StartAsync(Overlay overlay)
    {
        var deployment = new DeploymentOnThisMachine(await TestServers.StartOwnAsync(), overlay);
        await deployment.AskForThePasswordAsync();
        return deployment;
    }

    public Task CreateTopicAsync(string name, int partitions) =>
        servers.Kafka.Breakable!.CreateTopicAsync(name, partitions);

    /// <summary>A container's environment: the image's, then what the manifests say.</summary>
    public Dictionary<string, string> Environment(string app)
    {
        var result = new Dictionary<string, string>
        {
            ["ASPNETCORE_HTTP_PORTS"] = "8080",
            ["DOTNET_RUNNING_IN_CONTAINER"] = "true",
        };
        foreach (var (name, value) in overlay.WorkloadOf(app).Environment(Secret))
        {
            result[name] = value
                .Replace(
                    $"Host={Service("postgres")};Port=5432;",
                    $"Host={Postgres.Host};Port={Postgres.Port};", StringComparison.Ordinal)
                .Replace($"{Service("kafka")}:9092", servers.Kafka.Bootstrap, StringComparison.Ordinal);
        }

        return result;
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    /// <summary>As the container would be made with this environment.</summary>
    private async Task AskForThePasswordAsync()
    {
        var user = overlay.WorkloadOf("postgres").Environment(Secret);
        await using var source = NpgsqlDataSource.Create(Postgres.ConnectionString);
        await using var make = source.CreateCommand(
            $"CREATE ROLE {user["POSTGRES_USER"]} SUPERUSER LOGIN PASSWORD '{user["POSTGRES_PASSWORD"]}'");
        await make.ExecuteNonQueryAsync();
        await using var find = source.CreateCommand("SHOW hba_file");
        var file = (string)(await find.ExecuteScalarAsync())!;
        await using var ask = source.CreateCommand(
            $"COPY (VALUES ('host all {user["POSTGRES_USER"]} all scram-sha-256'), "
            + $"('host all all all trust')) TO '{file}'");
        await ask.ExecuteNonQueryAsync();
        await using var reload = source.CreateCommand("SELECT pg_reload_conf()");
        await reload.ExecuteNonQueryAsync();
    }

    private static string Secret(string name, string key) => (name, key) == ("servicedesk-postgres", "password")
        ? Password
        : throw new InvalidOperationException($"kind has no Secret {name} with {key}");

    /// <summary>The name, if there is a Service of it.</summary>
    private string Service(string name) =>
        Assert.IsAssignableFrom<JsonNode>(overlay.Find("Service", name)).Text("metadata.name")!;
}
