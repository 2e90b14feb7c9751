using System.Reflection;
using ServiceDesk.ServiceDefaults;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What every pod must have, in both overlays.</summary>
public sealed class WorkloadTests
{
    /// <summary>Writes its configuration to /etc/kafka when it starts.</summary>
    private const string WritesToItsRoot = "kafka";

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind, "kafka migrator notifier outbox-relay postgres ticket-api")]
    [InlineData(Overlay.Production, "migrator notifier outbox-relay ticket-api")]
    public async Task Run_what_they_are_for(string folder, string apps) =>
        Assert.Equal(apps, string.Join(
            ' ', (await Overlay.RenderAsync(folder)).Workloads.Select(w => w.App).Order(StringComparer.Ordinal)));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Have_requests_and_limits(string folder) => AllAsync(folder, workload => Assert.All(
        ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"],
        path => Assert.NotNull(workload.Container.At($"resources.{path}"))));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Have_no_rights_they_do_not_need(string folder) => AllAsync(folder, workload =>
    {
        Assert.Equal("true", workload.Pod.Text("securityContext.runAsNonRoot"));
        Assert.True(workload.Pod.Number("securityContext.runAsUser") > 0);
        Assert.Equal("RuntimeDefault", workload.Pod.Text("securityContext.seccompProfile.type"));
        Assert.Equal("false", workload.Pod.Text("automountServiceAccountToken"));
        Assert.Equal("false", workload.Container.Text("securityContext.allowPrivilegeEscalation"));
        Assert.Equal(
            workload.App == WritesToItsRoot ? "false" : "true",
            workload.Container.Text("securityContext.readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], workload.Container.Items("securityContext.capabilities.drop").Select(c => c.ToString()));
        Assert.Empty(workload.Container.Items("securityContext.capabilities.add"));
    });

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Are_not_given_variables_named_after_services(string folder) =>
        AllAsync(folder, workload => Assert.Equal("false", workload.Pod.Text("enableServiceLinks")));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Are_probed_on_a_port_they_have(string folder) => AllAsync(folder, workload =>
    {
        var ports = workload.Container.Items("ports").Select(p => p.Text("name")!).ToList();
        foreach (var probe in workload.Listens
            ? ["startupProbe", "readinessProbe", "livenessProbe"]
            : Array.Empty<string>())
        {
            var action = Assert.IsAssignableFrom<System.Text.Json.Nodes.JsonNode>(workload.Container.At(probe));
            var port = action.Text("httpGet.port") ?? action.Text("tcpSocket.port");
            Assert.True(port is null ? action.At("exec") is not null : ports.Contains(port), $"{probe}: port {port}");
            if (workload.IsOurs)
            {
                Assert.Equal(probe == "readinessProbe" ? "/readyz" : "/healthz", action.Text("httpGet.path"));
                // Readiness answers within 2 s by itself, and must be let.
                Assert.True(action.Number("timeoutSeconds") > 2);
            }
        }
    });

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Are_given_more_time_to_stop_than_they_take(string folder) => AllAsync(folder, workload =>
    {
        if (workload is { IsOurs: true, Listens: true })
        {
            var needed = workload.Container.Number("lifecycle.preStop.sleep.seconds")
                + ServiceDefaultsExtensions.ShutdownTimeout.TotalSeconds;
            Assert.True(workload.Pod.Number("terminationGracePeriodSeconds") > needed, $"needs {needed} s");
        }
    });

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public Task Have_images_of_a_fixed_version_ours_being_the_one_that_is_built(string folder) =>
        AllAsync(folder, workload =>
        {
            var image = workload.Container.Text("image")!;
            var tag = image[(image.LastIndexOf(':') + 1)..];
            Assert.True(image.Contains(':') && tag != "latest" && char.IsAsciiDigit(tag[0]), image);
            if (workload.IsOurs)
            {
                var version = typeof(ServiceInfo).Assembly
                    .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
                Assert.EndsWith($"servicedesk/{workload.App}:{version.Split('+')[0]}", image, StringComparison.Ordinal);
            }
        });

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Run_the_migration_once_and_give_up_at_once_on_bad_settings(string folder)
    {
        var job = (await Overlay.RenderAsync(folder)).WorkloadOf("migrator");
        Assert.Equal("Job", job.Document.Text("kind"));
        Assert.Equal("Never", job.Pod.Text("restartPolicy"));
        Assert.True(job.Document.Number("spec.backoffLimit") > 0);
        // In production it stays: a GitOps tool would make a deleted one anew, and so run it again every day.
        Assert.Equal(folder == Overlay.Kind ? 86400 : null, job.Document.Number("spec.ttlSecondsAfterFinished"));
        Assert.Contains(job.Document.Items("spec.podFailurePolicy.rules"), rule =>
            rule.Text("action") == "FailJob" && rule.Items("onExitCodes.values").Single().ToString() == "2");
    }

    private static async Task AllAsync(string folder, Action<Workload> check) =>
        Assert.All((await Overlay.RenderAsync(folder)).Workloads, check);
}
