using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Starting;

/// <summary>Logs are read by many: they hold no secret, at any level, in success or failure.</summary>
public sealed class SecretTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private const string Password = "pa55word-of-a-test";
    private const string KafkaPassword = "kafka-pa55word-of-a-test";
    private const string Token = "eyJhbGciOiJub25lIn0.t0ken-of-a-test.";
    private static readonly string[] Secrets = [Password, KafkaPassword, Token];

    [Theory]
    [InlineData(ServiceProcess.TicketApi)]
    [InlineData(ServiceProcess.OutboxRelay)]
    [InlineData(ServiceProcess.Notifier)]
    public async Task A_service_logs_none(string project)
    {
        await using var system = await CreateAsync();
        var service = await system.StartAsync(project);
        using var request = new HttpRequestMessage(HttpMethod.Post, "tickets") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        using var answer = await service.Http.SendAsync(request);
        var metrics = await service.Http.GetStringAsync("metrics");

        Assert.Equal(0, await service.StopAsync(TimeSpan.FromSeconds(20)));

        AreNotIn(metrics);
        AreNotIn(service.Output.Text);
        Assert.NotEmpty(service.Output.Standard);
    }

    [Fact]
    public async Task The_migrator_logs_none_when_it_is_refused()
    {
        await using var system = await CreateAsync();
        system.Settings["DATABASE_URL"] = $"postgres://nobody:{Password}@127.0.0.1:1/servicedesk";

        var run = await system.MigrateAsync(("Migrator__StartTimeout", "00:00:02"));

        Assert.NotEqual(0, run.ExitCode);
        AreNotIn(run.Output.Text);
    }

    [Theory]
    [InlineData(ServiceProcess.TicketApi)]
    [InlineData(ServiceProcess.OutboxRelay)]
    [InlineData(ServiceProcess.Notifier)]
    public async Task A_service_without_its_servers_logs_none(string project)
    {
        await using var system = await CreateAsync();
        system.Settings["DATABASE_URL"] = $"postgres://nobody:{Password}@127.0.0.1:1/servicedesk";
        system.Settings["KAFKA_BROKERS"] = "127.0.0.1:1";
        var service = await system.StartNotReadyAsync(project);
        await service.Output.LineAsync("that it is not ready", line =>
            line.Contains("Waiting", StringComparison.Ordinal) || line.Contains("listening", StringComparison.Ordinal));
        var (_, readiness) = await service.ReadinessAsync();

        await service.KillAsync();

        AreNotIn(readiness);
        AreNotIn(service.Output.Text);
    }

    private static void AreNotIn(string text) =>
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

    private async Task<ServiceDeskSystem> CreateAsync()
    {
        var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        // The server asks for no password, and the broker for none either: what is sent is not looked at.
        system.Settings["DATABASE_URL"] = new UriBuilder(system.Database.Url) { Password = Password }.Uri.AbsoluteUri;
        system.Settings["KafkaClient__sasl.username"] = "servicedesk";
        system.Settings["KafkaClient__sasl.password"] = KafkaPassword;
        system.Settings["Logging__LogLevel__Default"] = "Trace";
        system.Settings["Logging__LogLevel__Microsoft"] = "Trace";
        system.Settings["Logging__LogLevel__Npgsql"] = "Trace";
        return system;
    }
}
