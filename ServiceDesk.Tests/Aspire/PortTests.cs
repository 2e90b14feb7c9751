using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed class PortTests
{
    private const int Terminate = PosixSignals.Terminate;

    private static readonly string[] Settings =
    [
        "ServiceDesk:PostgresPort", "ServiceDesk:KafkaPort", "ServiceDesk:KafkaControlPort",
        "ServiceDesk:TicketApiAddress", "ServiceDesk:RelayAddress", "ServiceDesk:NotifierAddress",
        "ServiceDesk:OperatorAddress",
    ];

    [Theory]
    [InlineData("ServiceDesk:PostgresPort", "for postgres", "(POSTGRES_PORT)")]
    [InlineData("ServiceDesk:KafkaPort", "for kafka-broker", "(KAFKA_PORT)")]
    [InlineData("ServiceDesk:KafkaControlPort", "for kafka-broker", "(KAFKA_CONTROL_PORT)")]
    [InlineData("ServiceDesk:TicketApiAddress", "for ticket-api", "(HTTP_ADDR)")]
    [InlineData("ServiceDesk:RelayAddress", "for outbox-relay", "(RELAY_METRICS_ADDR)")]
    [InlineData("ServiceDesk:NotifierAddress", "for notifier", "(NOTIFIER_METRICS_ADDR)")]
    [InlineData("ServiceDesk:OperatorAddress", "for operator", "(OPERATOR_ADDR)")]
    [InlineData("ASPNETCORE_URLS", "for the dashboard", "launchSettings.json")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "for the dashboard", "launchSettings.json")]
    public async Task A_port_that_is_taken_ends_the_start_with_its_holder_and_the_setting(
        string setting, string owner, string hint)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        using var data = new TemporaryFolder();

        await using var appHost = AppHostProgram.Start(
            ["--infrastructure", "local", "--ServiceDesk:DataFolder", data.FullName, .. Ports(setting, port)],
            setting.StartsWith("ServiceDesk", StringComparison.Ordinal)
                ? []
                : [new(setting, $"http://localhost:{port}")]);

        Assert.Equal(2, await appHost.ExitCodeAsync());
        var line = Assert.Single(appHost.Output.Errors);
        Assert.StartsWith($"AppHost: port {port} {owner} is taken by ", line, StringComparison.Ordinal);
        Assert.Contains($"{setting} ", line, StringComparison.Ordinal);
        Assert.Contains(hint, line, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($" pid {Environment.ProcessId}: ", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_AppHost_ends_by_naming_the_first()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var data = new TemporaryFolder();
        RunningSystem.LetPostgresIn(data);
        string[] arguments =
        [
            "--infrastructure", "local", "--only", "infrastructure", "--dashboard", "false",
            "--ServiceDesk:DataFolder", data.FullName, .. Ports("", 0),
        ];
        await using var first = AppHostProgram.Start(arguments);
        await first.Output.LineAsync(
            "that it is ready", line => line == "Postgres and Kafka are ready.", RunningSystem.StartLimit);

        await using var second = AppHostProgram.Start(arguments);

        Assert.Equal(2, await second.ExitCodeAsync());
        Assert.Contains(
            $" is taken by another AppHost, pid {first.Id}: ",
            Assert.Single(second.Output.Errors), StringComparison.Ordinal);
        first.Send(Terminate);
        Assert.Equal(0, await first.ExitCodeAsync());
    }

    /// <summary>Every port set to one that is free, but for the one that is given.</summary>
    private static IEnumerable<string> Ports(string taken, int port) =>
        from setting in Settings
        let number = (setting == taken ? port : FreePort.Find()).ToString(CultureInfo.InvariantCulture)
        from argument in (string[])[
            $"--{setting}", setting.EndsWith("Address", StringComparison.Ordinal) ? $"localhost:{number}" : number]
        select argument;
}
