using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed partial class ManifestTests(PublishedManifest published) : IClassFixture<PublishedManifest>
{
    [Fact]
    public void Equals_the_checked_in_manifest() => Assert.True(
        PublishedManifest.Snapshot == published.Text,
        $"{PublishedManifest.SnapshotPath} is stale. Write it anew, and the Kubernetes manifests after it: " +
        "dotnet run --project ServiceDesk.AppHost -- --publisher manifest --output-path aspire-manifest.json\n" +
        published.Text);

    [Fact]
    public void Is_written_without_a_line_on_stderr_which_would_stop_manifest_tools() =>
        Assert.Equal("", published.Errors);

    [Fact]
    public void Has_no_placeholder_that_leads_nowhere() => Assert.Empty(
        from text in PublishedManifest.Texts(published.Resources)
        from Match placeholder in Placeholder().Matches(text.Text)
        where !Resolves(placeholder.Groups[1].Value)
        select $"{text.Path}: {placeholder.Value}");

    [Fact]
    public void Has_no_secret_in_plain_text() => Assert.Empty(
        from text in PublishedManifest.Texts(published.Resources)
        where Secret().IsMatch(text.Text) || (SecretName().IsMatch(text.Path) && !Placeholder().IsMatch(text.Text))
        select $"{text.Path}: {text.Text}");

    [Fact]
    public void Has_nothing_that_depends_on_this_machine() => Assert.Empty(
        from text in PublishedManifest.Texts(published.Resources)
        where Path.IsPathRooted(text.Text) && !text.Path.EndsWith(".target", StringComparison.Ordinal)
            && !text.Path.EndsWith("KAFKA_LOG_DIRS", StringComparison.Ordinal)
        select $"{text.Path}: {text.Text}");

    [Theory]
    [InlineData("ticket-api", 8080)]
    [InlineData("outbox-relay", 9090)]
    [InlineData("notifier", 9091)]
    public void Tells_a_service_to_listen_on_the_port_it_publishes(string service, int port)
    {
        Assert.Equal(port, (int)published.Resources[service]!["bindings"]!["http"]!["targetPort"]!);
        Assert.Equal($"{{{service}.bindings.http.targetPort}}", Environment(service)["HTTP_PORTS"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("migrator", "ConnectionStrings__kafka", "ConnectionStrings__servicedesk")]
    [InlineData("ticket-api", "ConnectionStrings__servicedesk")]
    [InlineData("outbox-relay", "ConnectionStrings__kafka", "ConnectionStrings__servicedesk")]
    [InlineData("notifier", "ConnectionStrings__kafka", "ConnectionStrings__servicedesk")]
    public void Injects_connection_strings_and_none_of_their_parts(string project, params string[] expected) =>
        Assert.Equal(
            expected,
            Environment(project).Select(variable => variable.Key)
                .Where(name => name.Contains("servicedesk", StringComparison.OrdinalIgnoreCase)
                    || name.Contains("kafka", StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Keeps_data_in_volumes_whose_names_do_not_change()
    {
        Assert.Equal("postgres-data", (string)published.Resources["postgres"]!["volumes"]![0]!["name"]!);
        Assert.Equal("kafka-data", (string)published.Resources["kafka"]!["volumes"]![0]!["name"]!);
    }

    [Fact]
    public void Lets_kafka_advertise_its_first_listener_where_it_can_be_reached() => Assert.StartsWith(
        "PLAINTEXT://localhost:29092,", (string)Environment("kafka")["KAFKA_ADVERTISED_LISTENERS"]!);

    private JsonObject Environment(string resource) => published.Resources[resource]!["env"]!.AsObject();

    /// <summary>What tools resolve: values of parameters, connection strings, and the parts of a binding.</summary>
    private bool Resolves(string reference) => reference.Split('.') switch
    {
        [var resource, "connectionString"] => published.Resources[resource]?["connectionString"] is not null,
        [var resource, "value"] => published.Resources[resource]?["value"] is not null,
        [var resource, "inputs", var input] => published.Resources[resource]?["inputs"]?[input] is not null,
        [var resource, "bindings", var binding, "host" or "port" or "url" or "scheme" or "targetPort"] =>
            published.Resources[resource]?["bindings"]?[binding] is not null,
        _ => false,
    };

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(password|pwd|secret|token)=[^{;]", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"env\.[^.]*(PASSWORD|SECRET|TOKEN)[^.]*$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
