using LocalPostgres;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using ServiceDesk.Tests.Contracts.Client;
using ServiceDesk.Tests.Contracts.Client.Models;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Kiota makes a client from the document, which is kept in Client, and the API serves it.
/// <c>CONTRACTS_WRITE=1</c> writes it anew.</summary>
[Collection(TicketApiTests.Name)]
public sealed class GeneratedClientTests(TicketApiFixture api) : IDisposable
{
    private static readonly string Folder = Path.Combine(ManifestFiles.Root, "ServiceDesk.Tests", "Contracts");

    private readonly HttpClientRequestAdapter _adapter = new(
        new AnonymousAuthenticationProvider(), httpClient: new HttpClient())
    {
        BaseUrl = api.Process.Http.BaseAddress!.ToString().TrimEnd('/'),
    };

    private TicketsClient Client => new(_adapter);

    [Fact]
    public async Task It_creates_reads_lists_and_changes_a_ticket()
    {
        var created = await Client.Tickets.PostAsync(
            new CreateTicketRequest { Title = "Printer on fire", Description = "3rd floor" },
            request => request.Headers.Add("Idempotency-Key", "\"generated-1\""));
        var id = created!.Id!.Value;
        var changed = await Client.Tickets[id].PatchAsync(
            new ChangeStatusRequest { Status = TicketStatus.In_progress },
            request => request.Headers.Add("If-Match", "\"1\""));
        var read = await Client.Tickets[id].GetAsync();
        var page = await Client.Tickets.GetAsync(request =>
        {
            request.QueryParameters.Limit = 1;
            request.QueryParameters.Status = TicketStatus.In_progress;
        });

        Assert.Equal(("Printer on fire", TicketStatus.Open, 1), (created.Title, created.Status, created.Version));
        Assert.Equal((TicketStatus.In_progress, 2), (changed!.Status, changed.Version));
        Assert.Equal((id, TicketStatus.In_progress, created.CreatedAt), (read!.Id, read.Status, read.CreatedAt));
        Assert.Equal(id, Assert.Single(page!.Items!).Id);
        Assert.Equal(created.Id.ToString(), await api.Database.ScalarAsync<string>(
            "SELECT id::text FROM tickets WHERE idempotency_key = 'generated-1'"));
    }

    [Fact]
    public async Task It_reports_a_problem_with_its_code()
    {
        var problem = await Assert.ThrowsAsync<Problem>(
            () => Client.Tickets.PostAsync(new CreateTicketRequest { Title = "no" }));

        Assert.Equal((400, "validation_error", "title"), (problem.ResponseStatusCode, problem.Code, problem.Field));
    }

    [Fact]
    public void It_is_what_Kiota_makes_of_the_document()
    {
        using var temporary = new TemporaryFolder();
        Run("dotnet", "tool", "restore");
        // It need not look for a newer version of itself.
        Environment.SetEnvironmentVariable("KIOTA_OFFLINE_ENABLED", "true");
        Run(
            "dotnet", "tool", "run", "kiota", "generate", "--language", "CSharp",
            "--openapi", OpenApiDocument.Path, "--output", temporary.FullName, "--class-name", nameof(TicketsClient),
            "--namespace-name", typeof(TicketsClient).Namespace!, "--exclude-backward-compatible",
            "--serializer", "Microsoft.Kiota.Serialization.Json.JsonSerializationWriterFactory",
            "--deserializer", "Microsoft.Kiota.Serialization.Json.JsonParseNodeFactory");
        var kept = Path.Combine(Folder, "Client");
        var made = Sources(temporary.FullName);
        if (Environment.GetEnvironmentVariable("CONTRACTS_WRITE") == "1")
        {
            Write(made, kept);
        }

        Assert.NotEmpty(made);
        Assert.Equal(made, Sources(kept));
    }

    public void Dispose() => _adapter.Dispose();

    private static void Run(params string[] command)
    {
        var run = CommandRun.Of(command, TimeSpan.FromMinutes(3), Folder);
        Assert.True(run.Succeeded, $"{string.Join(' ', command)}: {run.Output}");
    }

    private static SortedDictionary<string, string> Sources(string folder) => new(
        Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file), Text), StringComparer.Ordinal);

    private static string Text(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");

    private static void Write(SortedDictionary<string, string> sources, string folder)
    {
        Directory.Delete(folder, recursive: true);
        foreach (var (name, text) in sources)
        {
            var file = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }
}
