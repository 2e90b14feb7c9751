using System.Text.Json.Nodes;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What an operator relies on in the production overlay: sizes that fit each other, backups, a place in the
/// cluster.</summary>
public sealed class ProductionTests
{
    private const long Mebi = 1024 * 1024;

    /// <summary>What a session of ours takes at most, with its prepared statements and its work memory.</summary>
    private const long SessionMebibytes = 8;

    /// <summary>For the operator, its exporter, replication, and people.</summary>
    private const int Reserved = 30;

    [RequiresProgramFact("kubectl")]
    public async Task All_pools_at_their_largest_fit_max_connections_and_those_fit_memory()
    {
        var overlay = await Overlay.RenderWithAsync("overlays/production/console");
        var parameters = overlay.OfKind("Cluster").Single().Map("spec.postgresql.parameters");
        var connections = int.Parse(parameters["max_connections"]);
        var pools = overlay.Workloads.Where(w => w.IsOurs).Sum(w => Largest(overlay, w) * PoolOf(w));

        Assert.True(pools + Reserved <= connections, $"{pools} of ours, {connections} in all");
        var memory = Bytes(overlay.OfKind("Cluster").Single().Text("spec.resources.limits.memory")!);
        var taken = Bytes(parameters["shared_buffers"]) + (connections * SessionMebibytes * Mebi);
        Assert.True(taken <= memory, $"{taken / Mebi} MiB of {memory / Mebi} MiB");
    }

    [RequiresProgramFact("kubectl")]
    public async Task Postgres_is_backed_up_to_a_store_that_is_there()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var cluster = overlay.OfKind("Cluster").Single();
        var archiver = Assert.Single(cluster.Items("spec.plugins"), p => p.Text("isWALArchiver") == "true");
        var store = overlay.Find("ObjectStore", archiver.Text("parameters.barmanObjectName")!);
        Assert.Matches("^[0-9]+d$", store.Text("spec.retentionPolicy"));
        var backup = Assert.Single(overlay.OfKind("ScheduledBackup"));
        Assert.Equal(cluster.Text("metadata.name"), backup.Text("spec.cluster.name"));
        Assert.Equal(archiver.Text("name"), backup.Text("spec.pluginConfiguration.name"));
        // With a field for seconds, unlike cron's.
        Assert.Equal(6, backup.Text("spec.schedule")!.Split(' ').Length);
    }

    [RequiresProgramFact("kubectl")]
    public async Task Servers_lose_one_instance_with_a_node_and_are_spread_over_zones()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var postgres = overlay.OfKind("Cluster").Single();
        Assert.Equal(
            ("required", "kubernetes.io/hostname"),
            (postgres.Text("spec.affinity.podAntiAffinityType"), postgres.Text("spec.affinity.topologyKey")));
        Assert.Equal(["topology.kubernetes.io/zone"], SpreadOf(postgres, "spec", "ScheduleAnyway"));
        var brokers = overlay.OfKind("KafkaNodePool").Single();
        Assert.Equal(["kubernetes.io/hostname"], SpreadOf(brokers, "spec.template.pod", "DoNotSchedule"));
        Assert.Equal(["topology.kubernetes.io/zone"], SpreadOf(brokers, "spec.template.pod", "ScheduleAnyway"));
        var kafka = overlay.OfKind("Kafka").Single();
        Assert.Equal("topology.kubernetes.io/zone", kafka.Text("spec.kafka.rack.topologyKey"));
        // Both are stated, and belong together: an upgrade is somebody's decision.
        Assert.StartsWith(
            string.Join('.', kafka.Text("spec.kafka.version")!.Split('.').Take(2)) + "-",
            kafka.Text("spec.kafka.metadataVersion"), StringComparison.Ordinal);
        Assert.Matches(@":\d+\.\d+-", postgres.Text("spec.imageName"));
    }

    [RequiresProgramFact("kubectl")]
    public async Task Everything_has_a_priority_and_servers_have_the_higher_one()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var classes = overlay.OfKind("PriorityClass")
            .ToDictionary(c => c.Text("metadata.name")!, c => c.Number("value")!.Value);
        Assert.True(classes["servicedesk-servers"] > classes["servicedesk"]);
        Assert.All(overlay.Workloads, w => Assert.Equal("servicedesk", w.Pod.Text("priorityClassName")));
        Assert.Equal("servicedesk-servers", overlay.OfKind("Cluster").Single().Text("spec.priorityClassName"));
        Assert.Equal(
            "servicedesk-servers",
            overlay.OfKind("KafkaNodePool").Single().Text("spec.template.pod.priorityClassName"));
    }

    [RequiresProgramFact("kubectl")]
    public async Task The_api_scales_by_requests_in_flight_beside_the_processor()
    {
        var scaler = (await Overlay.RenderAsync(Overlay.Production)).Find("ScaledObject", "ticket-api");
        Assert.Equal(["cpu", "prometheus"], scaler.Items("spec.triggers").Select(t => t.Text("type")));
        Assert.Contains(
            "http_server_active_requests{job=\"ticket-api\"}",
            scaler.Items("spec.triggers").Last().Text("metadata.query"), StringComparison.Ordinal);
    }

    [RequiresProgramFact("kubectl")]
    public async Task Names_are_resolved_by_the_cluster_and_by_a_cache_on_the_node()
    {
        var policy = (await Overlay.RenderAsync(Overlay.Production)).Find("NetworkPolicy", "allow-dns");
        var peers = Assert.Single(policy.Items("spec.egress")).Items("to").ToList();
        Assert.Contains(
            peers, p => p.Map("namespaceSelector.matchLabels").GetValueOrDefault("kubernetes.io/metadata.name")
                == "kube-system");
        Assert.Contains(peers, p => p.Text("ipBlock.cidr") == "169.254.20.10/32");
    }

    [RequiresProgramFact("kubectl")]
    public async Task With_a_collector_every_service_sends_to_it_and_may()
    {
        var overlay = await Overlay.RenderWithAsync("overlays/production/otlp");
        Assert.All(overlay.Workloads.Where(w => w is { IsOurs: true, Listens: true }), workload => Assert.Equal(
            "http://otel-collector.monitoring.svc:4317",
            workload.Environment((_, _) => "").GetValueOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT")));
        var rule = Assert.Single(overlay.Find("NetworkPolicy", "allow-services-to-collector").Items("spec.egress"));
        Assert.Equal(["4317", "4318"], rule.Items("ports").Select(p => p.Text("port")));
    }

    [RequiresProgramFact("kubectl")]
    public async Task With_a_gateway_a_route_takes_the_place_of_the_ingress_and_leads_to_the_same_paths()
    {
        var ingress = (await Overlay.RenderAsync(Overlay.Production)).OfKind("Ingress").Single();
        var overlay = await Overlay.RenderWithAsync("overlays/production/gateway");
        Assert.Empty(overlay.OfKind("Ingress"));
        var route = Assert.Single(overlay.OfKind("HTTPRoute"));
        Assert.Equal(
            ingress.Items("spec.rules").Select(r => r.Text("host")),
            route.Items("spec.hostnames").Select(h => h.ToString()));
        Assert.Equal(
            ingress.Items("spec.rules").SelectMany(r => r.Items("http.paths")).Select(p => p.Text("path")),
            route.Items("spec.rules").SelectMany(r => r.Items("matches")).Select(m => m.Text("path.value")));
        var target = Assert.Single(route.Items("spec.rules").SelectMany(r => r.Items("backendRefs")));
        Assert.Contains(
            overlay.Find("Service", target.Text("name")!).Items("spec.ports"),
            p => p.Text("port") == target.Text("port"));
    }

    [RequiresProgramFact("kubectl")]
    public async Task With_the_console_it_wants_a_token_and_is_reached_from_inside_alone()
    {
        var overlay = await Overlay.RenderWithAsync("overlays/production/console");
        var console = overlay.WorkloadOf("operator");

        var token = console.Environment((_, _) => "")["Operator__TokenFile"];
        var mount = Assert.Single(console.Container.Items("volumeMounts"), m =>
            token.StartsWith($"{m.Text("mountPath")}/", StringComparison.Ordinal));
        Assert.Equal("servicedesk-operator", Assert.Single(
            console.Pod.Items("volumes"), v => v.Text("name") == mount.Text("name")).Text("secret.secretName"));
        Assert.Equal("ClusterIP", overlay.Find("Service", "operator").Text("spec.type"));
        Assert.DoesNotContain(overlay.OfKind("Ingress").SelectMany(i => i.Items("spec.rules"))
            .SelectMany(r => r.Items("http.paths")), p => p.Text("backend.service.name") == "operator");
        Assert.Equal(1, console.Document.Number("spec.replicas"));
        Assert.Contains(overlay.Find("NetworkPolicy", "allow-services-to-kafka")
            .Items("spec.podSelector.matchExpressions").SelectMany(e => e.Items("values")), v => $"{v}" == "operator");
    }

    /// <summary>The largest number of pods, with the one that a rollout adds.</summary>
    private static long Largest(Overlay overlay, Workload workload) =>
        workload.Document.Text("kind") == "Job" || workload.Document.Text("spec.strategy.type") == "Recreate"
            ? 1
            : 1 + (overlay.Find("ScaledObject", workload.App).Number("spec.maxReplicaCount")
                ?? workload.Document.Number("spec.replicas")!.Value);

    private static int PoolOf(Workload workload)
    {
        var settings = ContainerSettings.Of(workload);
        return new NpgsqlConnectionStringBuilder(DatabaseExtensions.WithDefaults(
            settings["ConnectionStrings:servicedesk"]!, workload.App,
            SettingsExtensions.Read<DatabaseSettings>(settings))).MaxPoolSize;
    }

    private static IEnumerable<string?> SpreadOf(JsonNode server, string path, string whenUnsatisfiable) =>
        server.Items($"{path}.topologySpreadConstraints")
            .Where(c => c.Text("whenUnsatisfiable") == whenUnsatisfiable).Select(c => c.Text("topologyKey"));

    private static long Bytes(string quantity) => quantity switch
    {
        [.. var gibibytes, 'G', 'i' or 'B'] => long.Parse(gibibytes) * 1024 * Mebi,
        [.. var mebibytes, 'M', 'i' or 'B'] => long.Parse(mebibytes) * Mebi,
        _ => throw new FormatException(quantity),
    };
}
