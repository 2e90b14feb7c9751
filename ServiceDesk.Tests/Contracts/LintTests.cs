using ServiceDesk.Events;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The documents keep the rules of Spectral, and AsyncAPI's own parser reads them.</summary>
public sealed class LintTests
{
    [RequiresProgramTheory("npm", "node")]
    [InlineData("openapi.v1.json")]
    [InlineData("asyncapi.v1.json")]
    public async Task Spectral_finds_nothing_in_a_document(string document)
    {
        var (output, exitCode) = await LintAsync(Path.Combine(EventDocuments.Folder, document));

        Assert.True(exitCode == 0, output.ToString());
    }

    [RequiresProgramTheory("npm", "node")]
    [InlineData("openapi.v1.json", "\"operationId\": \"ListTickets\"", "\"operationId\": \"GetTicket\"")]
    [InlineData("openapi.v1.json", "\"status\": 422", "\"status\": \"422\"")]
    [InlineData("asyncapi.v1.json", "\"action\": \"send\"", "\"action\": \"sent\"")]
    public async Task Spectral_finds_what_is_wrong(string document, string right, string wrong)
    {
        using var temporary = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(Path.Combine(EventDocuments.Folder, document));
        Assert.Contains(right, text, StringComparison.Ordinal);

        var (_, exitCode) = await LintAsync(
            temporary.Write(document, text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.NotEqual(0, exitCode);
    }

    [RequiresProgramFact("npm", "node")]
    public async Task The_parser_of_AsyncAPI_finds_a_message_for_each_type_and_nothing_wrong()
    {
        var run = await ContractPrograms.Node.RunAsync(
            "parse.mjs", Path.Combine(EventDocuments.Folder, "asyncapi.v1.json"));

        Assert.Equal([$"messages: {string.Join(' ', EventTypes.All.Order(StringComparer.Ordinal))}"], run.Standard);
    }

    private static Task<(ProcessOutput Output, int ExitCode)> LintAsync(string file) =>
        ContractPrograms.Node.RunPackageAsync(
            "spectral", "lint", "--fail-severity", "warn", "--ruleset", ContractPrograms.Node.FileOf("spectral.yaml"),
            file);
}
