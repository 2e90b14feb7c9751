using System.Reflection;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The type of every problem leads to what the documentation says about it.</summary>
[Collection(TicketApiTests.Name)]
public sealed class ProblemPageTests(TicketApiFixture api)
{
    /// <summary>Whatever the catalogue can make.</summary>
    private static IEnumerable<Problem> All =>
    [
        .. typeof(Problems).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(f => (Problem)f.GetValue(null)!),
        .. typeof(Problems).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Where(m => m.ReturnType == typeof(Problem) && m.Name != nameof(Problems.ForStatus))
            .Select(m => (Problem)m.Invoke(null, [.. m.GetParameters().Select(p => Example(p.ParameterType))])!),
        .. Enumerable.Range(400, 200).Select(Problems.ForStatus),
    ];

    public static TheoryData<string> Codes => [.. All.Select(p => p.Code).Distinct()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_type_leads_to_a_section_that_names_its_status_and_title(string code)
    {
        var problems = All.Where(p => p.Code == code).ToList();
        var type = problems[0].Describe("any").Type;

        var page = await api.Client.GetAsync(type);

        Assert.Equal((200, "text/plain"), (page.Status, page.ContentType));
        Assert.StartsWith($"## {code}\n", page.Text, StringComparison.Ordinal);
        Assert.Contains($"\"{problems[0].Title}\"", page.Text, StringComparison.Ordinal);
        Assert.Contains($"{problems[0].Status}", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_has_one_title_and_every_section_is_of_a_type()
    {
        Assert.All(All.GroupBy(p => p.Code), type => Assert.Single(type.Select(p => p.Title).Distinct()));
        Assert.Equal(
            All.Select(p => p.Code).Distinct().Order(), ProblemPages.Sections(ProblemPages.Read()).Keys.Order());
    }

    [Fact]
    public async Task The_whole_page_is_there_and_no_other()
    {
        Assert.StartsWith("# Problems", (await api.Client.GetAsync("/problems/")).Text, StringComparison.Ordinal);
        (await api.Client.GetAsync("/problems/none")).IsProblem(404, "not_found");
    }

    private static object Example(Type type) => type == typeof(int) ? 1
        : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(1)
        : "any";
}

/// <summary>An API whose problems are described elsewhere.</summary>
public sealed class ApiWithPages : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings =>
        [("Api__ProblemTypes", "https://docs.example.org/problems.md#")];
}

public sealed class ProblemTypeSettingTests(ApiWithPages api) : IClassFixture<ApiWithPages>
{
    [Fact]
    public async Task Types_begin_with_the_address_that_is_set()
    {
        var answer = await api.Client.GetAsync("/tickets/none");
        using var connection = await RawConnection.OpenAsync(api.Process.Http.BaseAddress!);
        await connection.SendAsync("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n");
        var malformed = await connection.ReadAsync(until: null, TimeSpan.FromSeconds(30));

        Assert.Equal("https://docs.example.org/problems.md#not_found", answer.TextOf("type"));
        Assert.Contains("https://docs.example.org/problems.md#bad_request", malformed, StringComparison.Ordinal);
    }
}
