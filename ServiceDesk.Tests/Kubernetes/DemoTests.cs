namespace ServiceDesk.Tests.Kubernetes;

/// <summary>make kind-demo and what one asks it afterwards, with programs that only note what they are asked.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly FakePrograms _programs = new();

    [RequiresProgramFact("kubectl", "bash")]
    public async Task One_command_makes_everything_checks_it_and_says_where_it_is()
    {
        _programs.On("kind", "get clusters", "true").On("kind", "*", "true");
        _programs.On("dotnet", "msbuild *ServiceDesk.*-getProperty:ContainerRepository*", """
            echo "\"ContainerRepository\": \"servicedesk/image-$(basename "$2")\", \"ContainerImageTag\": \"1.0.0\"" |
                tr , '\n'
            """);
        _programs.On("dotnet", "publish *", "true");
        _programs.On("kubectl", "*apply --filename https://*", "true");
        _programs.On("kubectl", "*get secret *", "exit 1");
        _programs.On("curl", "*", """
            echo "$*" | grep -o 'e2e-[0-9a-f-]*' >>"$STATE/requests"
            printf '{"id":"01a2031a-5887-7a82-94ff-929bd03fc32b"} 201'
            """);
        _programs.On("kubectl", "*exec statefulset/postgres*processed_events*", "echo done");
        _programs.On("kubectl", "*exec statefulset/postgres*", "echo sent");
        _programs.On("kubectl", "*logs --selector app.kubernetes.io/name=notifier*", "cat \"$STATE/requests\"");
        _programs.On("kubectl", "*get pods --selector * --output name", "echo pod/one");
        _programs.On("kubectl", "*get --raw */pods/one/proxy/metrics", """
            echo 'outbox_published_total{event_type="ticket.created"} 1'
            echo 'notify_processed_total{status="ok"} 1'
            """);
        _programs.On("kubectl", "*get ingress *", @"printf 'grafana\tgrafana.localhost/\n'");

        var (exitCode, output) = await _programs.WithAnswersOfACluster().RunAsync("scripts/k8s.sh", ["demo"]);

        Assert.True(exitCode == 0, output.Text);
        Assert.Contains("e2e: all 6 checks ok", output.Standard);
        Assert.Contains("API         http://localhost:8080/tickets", output.Standard);
        Assert.Contains("grafana     http://grafana.localhost:8081/", output.Standard);
        InThisOrder(
            "kind create cluster ", "dotnet publish ", "kind load docker-image ", "/contour.yaml", "/components.yaml",
            "create secret ", "apply --dry-run=server", "rollout status --timeout=180s deployment/ticket-api",
            "curl ", "get ingress");
        Assert.Contains(
            "servicedesk/image-ServiceDesk.TicketApi:1.0.0",
            Assert.Single(_programs.Calls, c => c.StartsWith("kind load", StringComparison.Ordinal)));
    }

    [RequiresProgramTheory("bash")]
    [InlineData("status", "horizontalpodautoscalers", "--context kind-servicedesk")]
    [InlineData("logs", "app.kubernetes.io/part-of=servicedesk", "--follow")]
    [InlineData("down", "kind delete cluster --name servicedesk", "")]
    public async Task What_runs_can_be_looked_at_and_deleted(string command, string expected, string with)
    {
        _programs.On("kind", "*", "true").On("kubectl", "*", "true");

        var (exitCode, output) = await _programs.RunAsync("scripts/k8s.sh", [command]);

        Assert.True(exitCode == 0, output.Text);
        Assert.Contains(_programs.Calls, c => c.Contains(expected, StringComparison.Ordinal)
            && c.Contains(with, StringComparison.Ordinal));
    }

    [RequiresProgramFact("bash")]
    public async Task The_logs_of_one_service_are_asked_for_by_its_name()
    {
        _programs.On("kubectl", "*", "true");

        var (exitCode, output) = await _programs.RunAsync("scripts/k8s.sh", ["logs", "notifier"]);

        Assert.True(exitCode == 0, output.Text);
        Assert.Contains("app.kubernetes.io/name=notifier,", Assert.Single(_programs.Calls), StringComparison.Ordinal);
    }

    [RequiresProgramFact("kubectl")]
    public async Task The_demo_is_reached_by_names_of_this_machine_at_services_that_are_there()
    {
        var overlay = await Overlay.RenderAsync("overlays/kind-demo");
        Assert.All(overlay.OfKind("Ingress").SelectMany(i => i.Items("spec.rules")), rule =>
        {
            Assert.EndsWith(".localhost", rule.Text("host"), StringComparison.Ordinal);
            Assert.All(rule.Items("http.paths"), path => Assert.Contains(
                overlay.Find("Service", path.Text("backend.service.name")!).Items("spec.ports"),
                p => p.Text("name") == path.Text("backend.service.port.name")));
        });
    }

    public void Dispose() => _programs.Dispose();

    private void InThisOrder(params string[] calls)
    {
        var at = 0;
        foreach (var call in calls)
        {
            at = _programs.Calls.ToList().FindIndex(at, c => c.Contains(call, StringComparison.Ordinal));
            Assert.True(at >= 0, $"{call} is missing, or too early, in:\n{string.Join('\n', _programs.Calls)}");
        }
    }
}
