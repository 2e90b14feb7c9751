using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>Nobody comes in without the token, and no page of another site acts for somebody who has.</summary>
public sealed partial class AccessTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private ServiceDeskSystem _system = null!;
    private OperatorClient _known = null!;
    private OperatorClient _stranger = null!;

    public async Task InitializeAsync()
    {
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        _known = await OperatorClient.StartAsync(_system);
        _stranger = OperatorClient.Stranger(_known.Console);
    }

    public async Task DisposeAsync()
    {
        _known.Dispose();
        _stranger.Dispose();
        await _system.DisposeAsync();
    }

    [Theory]
    [InlineData("", "Operator:Token is '': must be set outside development")]
    [InlineData("short", "must be at least 16 visible ASCII characters")]
    public async Task Outside_development_there_is_no_console_without_a_token(string token, string rule)
    {
        await using var console = ChildProcess.StartProgram(
            ServiceProcess.Operator, [], _system.Settings.Append(new("Operator__Token", token)));

        Assert.Equal(2, await console.ExitCodeAsync());
        Assert.Contains(rule, Assert.Single(console.Output.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_may_come_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "a-token-from-a-file\n");
        var console = await _system.StartAsync(ServiceProcess.Operator, ("Operator__TokenFile", file));
        using var client = new OperatorClient(console, "a-token-from-a-file");

        Assert.Empty((await client.GetAsync("api/pauses")).EnumerateArray());
    }

    [Theory]
    [InlineData("api/pipeline")]
    [InlineData("api/events")]
    [InlineData("api/dead-letters/1")]
    [InlineData("openapi/v1.json")]
    public async Task The_API_lets_nobody_in_without_the_token(string path)
    {
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "unauthorized", null), await _stranger.RefusedAsync(HttpMethod.Get, path));
        using var liar = new OperatorClient(_known.Console, token: OperatorClient.Token + "!");
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "unauthorized", null), await liar.RefusedAsync(HttpMethod.Get, path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("events")]
    [InlineData("failed?source=outbox")]
    [InlineData("_blazor/negotiate")]
    public async Task Pages_lead_a_stranger_to_the_login(string path)
    {
        using var answer = path.StartsWith('_')
            ? await _stranger.Http.PostAsync(path, null)
            : await _stranger.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/login", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_are_open()
    {
        Assert.Equal(HttpStatusCode.OK, (await _stranger.Http.GetAsync("readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _stranger.Http.GetAsync("metrics")).StatusCode);
    }

    [Fact]
    public async Task The_login_gives_a_cookie_for_the_pages_and_not_for_the_API()
    {
        using var browser = new HttpClient { BaseAddress = _known.Console.Http.BaseAddress };
        var form = await browser.GetStringAsync("login?return=%2Fevents");

        using var wrong = await browser.PostAsync("login", Form(form, "not the token at all"));
        Assert.Contains("That is not the token", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var right = await browser.PostAsync("login", Form(form, OperatorClient.Token));

        Assert.Equal("/events", right.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("api/events")).StatusCode);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example")]
    public async Task The_login_leads_nowhere_else(string elsewhere)
    {
        using var browser = new HttpClient { BaseAddress = _known.Console.Http.BaseAddress };
        var form = await browser.GetStringAsync("login");

        using var answer = await browser.PostAsync("login", Form(form, OperatorClient.Token, elsewhere));

        Assert.Equal(_known.Console.Http.BaseAddress, answer.RequestMessage!.RequestUri);
    }

    [Theory]
    [InlineData("login")]
    [InlineData("logout")]
    public async Task A_form_of_another_site_does_nothing(string path)
    {
        using var form = new FormUrlEncodedContent(
            [new("token", OperatorClient.Token), new("name", "Tess"), new("return", "/")]);

        using var answer = await _stranger.Http.PostAsync(path, form);

        Assert.True(
            answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Redirect, answer.StatusCode.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var body = JsonContent.Create(new { kind = "retry", source = "outbox", reason = new string('x', 1_100_000) });

        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await _known.RefusedAsync(HttpMethod.Post, "api/actions", body)).Status);
    }

    private static FormUrlEncodedContent Form(string page, string token, string address = "/events") => new(
    [
        new("__RequestVerificationToken", Antiforgery().Match(page).Groups[1].Value),
        new("token", token), new("name", "Tess"), new("return", address),
    ]);

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Antiforgery();
}
