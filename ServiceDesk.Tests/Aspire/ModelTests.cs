using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace ServiceDesk.Tests.Aspire;

/// <summary>What the composition says, without starting any of it.</summary>
[Collection(OneApplicationAtATime.Name)]
public sealed class ModelTests
{
    private static readonly string[] Services = ["ticket-api", "outbox-relay", "notifier"];

    [Fact]
    public async Task Publishes_the_system_and_nothing_of_a_developers_tools()
    {
        await using var builder = await CreateAsync("--operation", "publish");

        Assert.Equal(
            ["kafka", "migrator", "notifier", "outbox-relay", "postgres", "servicedesk", "ticket-api"],
            builder.Resources.Where(r => !r.IsExcludedFromPublish()).Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Migrates_once_the_servers_answer_and_starts_services_once_that_is_done()
    {
        await using var builder = await CreateAsync("--operation", "publish");

        Assert.Contains(("kafka", WaitType.WaitUntilHealthy), Waits(builder, "migrator"));
        Assert.Contains(("servicedesk", WaitType.WaitUntilHealthy), Waits(builder, "migrator"));
        Assert.All(Services, service =>
        {
            Assert.Contains(("migrator", WaitType.WaitForCompletion), Waits(builder, service));
            Assert.NotEmpty(Resource(builder, service).Annotations.OfType<HealthCheckAnnotation>());
        });
    }

    [Theory]
    [InlineData("ticket-api", 8080)]
    [InlineData("outbox-relay", 9090)]
    [InlineData("notifier", 9091)]
    [InlineData("operator", 8090)]
    public async Task Gives_each_service_its_port_on_a_developers_machine(string service, int port)
    {
        await using var builder = await CreateAsync("--infrastructure", "containers");

        var endpoint = Assert.Single(Resource(builder, service).Annotations.OfType<EndpointAnnotation>());

        Assert.Equal(("http", port), (endpoint.Name, endpoint.Port));
    }

    [Fact]
    public async Task Runs_as_many_relays_and_notifiers_as_the_settings_say()
    {
        await using var builder = await CreateAsync(
            "--infrastructure", "containers", "--ServiceDesk:RelayReplicas", "3",
            "--ServiceDesk:NotifierReplicas", "2");

        Assert.Equal((3, 2), (Replicas(builder, "outbox-relay"), Replicas(builder, "notifier")));
    }

    [Theory]
    [InlineData("containers", "grafana,kafka,kafka-ui,otel-collector,pgweb,postgres,prometheus,servicedesk")]
    [InlineData("local", "kafka,kafka-broker,postgres,servicedesk")]
    [InlineData("external", "kafka,servicedesk")]
    public async Task Takes_its_servers_from_where_it_is_told(string infrastructure, string expected)
    {
        await using var builder = await CreateAsync("--infrastructure", infrastructure,
            "--ConnectionStrings:servicedesk", "Host=nowhere", "--ConnectionStrings:kafka", "nowhere:1");

        string[] own = ["migrator", "operator", "replay", .. Services];
        Assert.Equal(expected.Split(','), builder.Resources
            .Where(r => r is not ParameterResource && !own.Contains(r.Name)
                && !r.Name.EndsWith("-rebuilder", StringComparison.Ordinal))
            .Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Starts_the_tools_only_when_asked_to()
    {
        await using var builder = await CreateAsync("--infrastructure", "containers");

        Assert.All(["pgweb", "kafka-ui", "replay", "prometheus", "grafana", "otel-collector"], tool =>
            Assert.NotEmpty(Resource(builder, tool).Annotations.OfType<ExplicitStartupAnnotation>()));
    }

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.ServiceDesk_AppHost>(arguments);

    private static IResource Resource(IDistributedApplicationTestingBuilder builder, string name) =>
        Assert.Single(builder.Resources, r => r.Name == name);

    private static int Replicas(IDistributedApplicationTestingBuilder builder, string name) =>
        Resource(builder, name).Annotations.OfType<ReplicaAnnotation>().Last().Replicas;

    private static IEnumerable<(string, WaitType)> Waits(IDistributedApplicationTestingBuilder builder, string name) =>
        Resource(builder, name).Annotations.OfType<WaitAnnotation>()
            .Select(w => (w.Resource.Name, w.WaitType));
}
