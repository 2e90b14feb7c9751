namespace ServiceDesk.Tests.Kubernetes;

/// <summary>kubectl as a cluster would have it answer where all goes well; a test puts its own answers first.</summary>
internal static class FakeCluster
{
    public const string OldPods = "*get pods *deletionTimestamp*";
    public const string Judged = "*apply --dry-run=server*";
    public const string Migration = "*get job migrator-*";
    public const string Applied = "*apply --filename *";

    public static FakePrograms WithAnswersOfACluster(this FakePrograms programs) => programs
        .On("kubectl", "kustomize *", $"exec {ProgramsOnPath.Find("kubectl")} \"$@\"")
        .On("kubectl", "*get --raw /version", """echo '{"major": "1", "minor": "32+", "gitVersion": "v1.32.0"}'""")
        .On("kubectl", Judged, "true")
        // What was applied is kept in the order in which it was: applied-1, applied-2.
        .On("kubectl", Applied, """
            cp "${@: -1}" "$STATE/applied-$(grep -c 'apply --filename' "$STATE/calls")"
            awk '/^kind: / { deployment = $2 == "Deployment" }
                 /^  name: / && deployment { print "deployment.apps/" $2 " created" }' "${@: -1}"
            """)
        .On("kubectl", Migration, "echo ' Complete'")
        .On("kubectl", OldPods, "true")
        .On("kubectl", "*logs --selector batch.kubernetes.io/job-name=*", "echo 'what the migration said'")
        .On("kubectl", "*", "true");

    /// <summary>The Deployments among what one call applied; the first call, which has the Namespace, is 1.</summary>
    public static IEnumerable<string> DeploymentsOf(this FakePrograms programs, int call) =>
        from document in YamlDocuments.Parse(File.ReadAllText(Path.Combine(programs.State, $"applied-{call}")))
        where document.Text("kind") == "Deployment"
        select document.Text("metadata.name");
}
