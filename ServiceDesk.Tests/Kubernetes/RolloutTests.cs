namespace ServiceDesk.Tests.Kubernetes;

/// <summary>scripts/k8s.sh applies all or nothing, and says at once what went wrong. The cluster is a kubectl that
/// answers what each test says.</summary>
public sealed class RolloutTests : IDisposable
{
    private const string Script = "scripts/k8s.sh";
    private const string Restart = "rollout restart";

    private readonly FakePrograms _cluster = new();

    [RequiresProgramFact("kubectl", "bash")]
    public async Task A_first_apply_restarts_nothing_that_it_has_just_started()
    {
        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        Assert.DoesNotContain(_cluster.Calls, c => c.Contains(Restart, StringComparison.Ordinal));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task A_service_that_looks_unchanged_restarts_in_kind_as_its_image_may_be_another()
    {
        _cluster.On("kubectl", FakeCluster.Applied,
            "true", "true", "echo deployment.apps/ticket-api unchanged; echo deployment.apps/notifier configured");

        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        var restart = Assert.Single(_cluster.Calls, c => c.Contains(Restart, StringComparison.Ordinal));
        Assert.EndsWith("deployment/ticket-api", restart, StringComparison.Ordinal);
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task It_returns_when_the_old_pods_are_gone()
    {
        _cluster.On("kubectl", FakeCluster.OldPods, "echo 'ticket-api-1 notifier-1'", "echo notifier-1", "true");

        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        Assert.Equal(3, _cluster.Calls.Count(c => c.Contains("deletionTimestamp", StringComparison.Ordinal)));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task No_service_is_touched_before_the_migration_has_run()
    {
        _cluster.On("kubectl", FakeCluster.Migration, "true", "true", "echo ' SuccessCriteriaMet Complete'");

        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        Assert.Empty(_cluster.DeploymentsOf(call: 2));
        Assert.Equal(["notifier", "outbox-relay", "ticket-api"], _cluster.DeploymentsOf(call: 3));
        var calls = _cluster.Calls.ToList();
        Assert.True(
            calls.FindLastIndex(c => c.Contains(" get job migrator-", StringComparison.Ordinal))
            < calls.FindLastIndex(c => c.Contains(" apply --filename", StringComparison.Ordinal)));
    }

    [RequiresProgramTheory("kubectl", "bash")]
    [InlineData(" FailureTarget")]
    [InlineData("3 Failed")]
    public async Task A_failed_migration_is_shown_at_once_and_leaves_the_services_as_they_are(string status)
    {
        _cluster.On("kubectl", FakeCluster.Migration, "echo ' '", $"echo '{status}'");

        var (exitCode, output) = await ApplyAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("what the migration said", output.Errors);
        Assert.Contains("error: the migration failed: no service is changed", output.Errors);
        Assert.Equal(2, _cluster.Calls.Count(c => c.Contains(" apply --filename", StringComparison.Ordinal)));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task An_attempt_that_failed_is_shown_while_the_next_one_runs()
    {
        _cluster.On("kubectl", FakeCluster.Migration, "echo ' '", "echo '1 '", "echo '1 '", "echo '1 Complete'");

        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        Assert.Single(output.Errors, "warning: the migration has failed, attempt 1:");
        Assert.Single(output.Errors, "what the migration said");
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task A_migration_that_cannot_start_says_what_it_waits_for()
    {
        _cluster.On("kubectl", FakeCluster.Migration, "echo ' '", "echo ' '", "echo ' '", "echo ' Complete'");
        _cluster.On("kubectl", "*get pods --selector batch.kubernetes.io/job-name=*", "echo ContainerCreating:",
            "echo 'ErrImagePull: no such tag'", "echo 'ImagePullBackOff: no such tag'", "true");

        var (exitCode, output) = await ApplyAsync();

        Assert.True(exitCode == 0, output.Text);
        Assert.Equal("warning: the migration cannot start: ErrImagePull: no such tag", Assert.Single(output.Errors));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task What_the_api_server_refuses_changes_nothing()
    {
        _cluster.On("kubectl", FakeCluster.Judged, "echo 'Job is invalid: field is immutable' >&2; exit 1");

        var (exitCode, output) = await ApplyAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("Job is invalid: field is immutable", output.Errors);
        Assert.Single(_cluster.Calls, c => c.Contains(" apply --filename", StringComparison.Ordinal));
        Assert.DoesNotContain(_cluster.Calls, c => c.Contains(" delete ", StringComparison.Ordinal));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task A_new_tag_is_a_new_job_whatever_the_overlay_calls_it()
    {
        using var copy = CopyOfTheManifests();
        var overlay = Path.Combine(copy.FullName, Overlay.Production);
        var file = Path.Combine(overlay, "kustomization.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(
            "newName: registry.example.com/servicedesk/migrator",
            "newName: registry.example.com/servicedesk/migrator\n    newTag: 9.9.9", StringComparison.Ordinal));

        var (exitCode, output) = await _cluster.WithAnswersOfACluster()
            .RunAsync(Script, ["apply", overlay], ("K8S_CONTEXT", "elsewhere"));

        Assert.True(exitCode == 0, output.Text);
        Assert.All(
            _cluster.Calls.Where(c => !c.StartsWith("kubectl kustomize", StringComparison.Ordinal)),
            c => Assert.StartsWith("kubectl --context elsewhere ", c, StringComparison.Ordinal));
        var job = Assert.Single(
            YamlDocuments.Parse(await File.ReadAllTextAsync(Path.Combine(_cluster.State, "applied-3"))),
            d => d.Text("kind") == "Job");
        Assert.EndsWith("migrator:9.9.9", job.Items("spec.template.spec.containers").Single().Text("image"));
        Assert.DoesNotContain(
            job.Text("metadata.name")!, await File.ReadAllTextAsync(Path.Combine(overlay, "migrator-name.yaml")));
        Assert.Matches("^migrator-[0-9a-f]{10}$", job.Text("metadata.name"));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task A_cluster_that_is_too_old_is_refused()
    {
        _cluster.On("kubectl", "*get --raw /version", """echo '{"major":"1","minor":"29"}'""");

        var (exitCode, output) = await ApplyAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("error: Kubernetes 1.29 is too old: 1.30 or later is needed", output.Errors);
        Assert.DoesNotContain(_cluster.Calls, c => c.Contains(" apply --", StringComparison.Ordinal));
    }

    [RequiresProgramFact("kubectl", "bash")]
    public async Task The_check_finds_a_ticket_that_a_pod_had_which_is_gone()
    {
        // The first ticket goes to pods that end before anybody looks; the log and the metrics of those that follow
        // begin with the third one.
        const string seen = "(($(wc -l <\"$STATE/requests\") > 2))";
        _cluster.On("curl", "*",
            """
            echo "$*" | grep -o 'e2e-[0-9a-f-]*' >>"$STATE/requests"
            printf '{"id":"01a2031a-5887-7a82-94ff-929bd03fc32b"} 201'
            """);
        _cluster.On("kubectl", "*exec statefulset/postgres*processed_events*", "echo done");
        _cluster.On("kubectl", "*exec statefulset/postgres*", "echo sent");
        _cluster.On("kubectl", "*logs --selector app.kubernetes.io/name=notifier*",
            $"if {seen}; then tail -n 1 \"$STATE/requests\"; fi");
        foreach (var (app, metric) in new[]
            { ("outbox-relay", "outbox_published_total"), ("notifier", "notify_processed_total") })
        {
            _cluster.On("kubectl", $"*get pods --selector app.kubernetes.io/name={app} --output name",
                $"printf 'pod/{app}-1\\npod/{app}-2\\n'");
            _cluster.On("kubectl", $"*get --raw /api/v1/namespaces/servicedesk/pods/{app}-1/proxy/metrics", "exit 1");
            _cluster.On("kubectl", $"*get --raw /api/v1/namespaces/servicedesk/pods/{app}-2/proxy/metrics",
                $"echo '# TYPE {metric} counter'; echo \"{metric}{{a=\\\"b\\\"}} $({seen} && echo 1 || echo 0)\"");
        }

        var (exitCode, output) = await _cluster.WithAnswersOfACluster().RunAsync(Script, ["e2e"]);

        Assert.True(exitCode == 0, output.Text);
        Assert.Contains("e2e: all 6 checks ok", output.Standard);
        var requests = await File.ReadAllLinesAsync(Path.Combine(_cluster.State, "requests"));
        Assert.Equal(requests.Length, requests.Distinct().Count());
    }

    public void Dispose() => _cluster.Dispose();

    private Task<(int ExitCode, Infrastructure.ProcessOutput Output)> ApplyAsync() =>
        _cluster.WithAnswersOfACluster().RunAsync(Script, ["apply"]);

    private static Infrastructure.TemporaryFolder CopyOfTheManifests()
    {
        var copy = new Infrastructure.TemporaryFolder();
        foreach (var file in ManifestFiles.Yaml)
        {
            var target = Path.Combine(copy.FullName, Path.GetRelativePath("infra/k8s", file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(ManifestFiles.Root, file), target);
        }

        return copy;
    }
}
