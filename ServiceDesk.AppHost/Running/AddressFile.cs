using System.Globalization;
using Npgsql;
using ServiceDesk.AppHost.Infrastructure;

namespace ServiceDesk.AppHost.Running;

/// <summary>Tells scripts where everything is, as lines of NAME=value; exists while everything is ready.</summary>
internal sealed class AddressFile(string path)
{
    public async Task WriteAsync(DistributedApplicationModel model, Servers servers, CancellationToken cancellation)
    {
        (string Name, string? Value)[] addresses =
        [
            ("APPHOST_PID", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            // Servers that were given are known to those who gave them.
            ("DATABASE_URL", servers.DatabaseIsOurs ? UrlOf(await ValueOf(servers.Database)) : null),
            ("KAFKA_BROKERS", servers.KafkaIsOurs ? await ValueOf(servers.Kafka) : null),
            ("KAFKA_CONTROL_URL", model.UrlOf("kafka-broker", "control")),
        ];
        PrivateFile.Write(
            path, string.Concat(addresses.Where(a => a.Value is not null).Select(a => $"{a.Name}={a.Value}\n")));

        async Task<string> ValueOf(IResourceBuilder<IResourceWithConnectionString> server) =>
            await server.Resource.GetConnectionStringAsync(cancellation) ?? "";
    }

    public void Delete()
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static string UrlOf(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}"
            + $"@{server.Host}:{server.Port}/{server.Database}?sslmode=disable";
    }
}
