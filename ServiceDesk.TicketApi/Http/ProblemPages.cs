namespace ServiceDesk.TicketApi.Http;

/// <summary>The addresses in the problems' <c>type</c>: each leads to what the documentation says about that
/// problem.</summary>
internal static class ProblemPages
{
    public const string Address = "/problems/";

    private const string Resource = "problems.md";
    private const string ContentType = "text/plain; charset=utf-8";

    public static void MapProblemPages(this WebApplication app)
    {
        var text = Read();
        var sections = Sections(text);
        app.MapGet(Address, () => TypedResults.Text(text, ContentType));
        app.MapGet($"{Address}{{code}}", (string code) =>
            sections.TryGetValue(code, out var section)
                ? TypedResults.Text(section, ContentType)
                : (IResult)Problems.ForStatus(StatusCodes.Status404NotFound));
    }

    /// <returns>By code, which is the section's heading.</returns>
    public static IReadOnlyDictionary<string, string> Sections(string text) =>
        text.Split("\n## ").Skip(1).ToDictionary(section => section.Split('\n')[0], section => $"## {section}");

    public static string Read()
    {
        using var page = new StreamReader(typeof(ProblemPages).Assembly.GetManifestResourceStream(Resource)!);
        return page.ReadToEnd();
    }
}
