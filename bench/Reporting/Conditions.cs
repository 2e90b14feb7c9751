using System.Runtime.InteropServices;
using Npgsql;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Settings;

namespace ServiceDesk.Bench.Reporting;

/// <summary>What a figure depends on: machine, versions, server settings. No machine names, no paths.</summary>
internal static class Conditions
{
    private const string SettingsThatMatter =
        """
        SELECT string_agg(name || ' = ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings WHERE name IN (
            'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'wal_level', 'wal_buffers',
            'wal_sync_method', 'max_wal_size', 'max_connections', 'autovacuum')
        """;

    public static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(
        ServerAddresses servers, Options options, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(
            PostgresUrl.ToConnectionString(servers.Maintenance.AbsoluteUri));
        return
        [
            ("date", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", Text.Culture)),
            ("sizes", options.Quick ? "quick: the figures mean little" : "full"),
            ("processor",
                $"{ProcessorModel()}, {Environment.ProcessorCount} cores, shared by load generator, services, "
                + "Postgres and broker where all are local"),
            ("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024 / 1024.0:0.0} GiB"),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
            (".NET", $"{Environment.Version}"),
            ("Postgres", await ScalarAsync(database, "SHOW server_version", cancellation)),
            ("its settings", await ScalarAsync(database, SettingsThatMatter, cancellation)),
            ("broker", BrokerVersion.Describe(servers)),
            ("client",
                $"librdkafka {Confluent.Kafka.Library.VersionString}, "
                + $"Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version}"),
        ];
    }

    private static string ProcessorModel()
    {
        const string CpuInfo = "/proc/cpuinfo";
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model?.Split(':', 2)[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }

    private static async Task<string> ScalarAsync(NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
