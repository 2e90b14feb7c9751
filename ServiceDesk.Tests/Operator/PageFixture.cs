using Microsoft.Playwright;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>A console, a browser, and somebody who is signed in.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    private readonly ServersFixture _servers = new();
    private ServiceDeskSystem? _system;
    private OperatorClient? _client;
    private Browser? _browser;
    private string? _signedIn;

    internal ServiceDeskSystem System => _system!;

    internal OperatorClient Client => _client!;

    public async Task InitializeAsync()
    {
        if (Browser.Program is null)
        {
            return;
        }

        await _servers.InitializeAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        _client = await OperatorClient.StartAsync(
            _system, ("Operator__TraceUrl", "http://traces.example/{trace_id}"));
        _browser = await Browser.StartAsync();
        _signedIn = await SignInAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            _client!.Dispose();
            await _system!.DisposeAsync();
            await _servers.DisposeAsync();
        }
    }

    /// <summary>Opens a page as Tess, who is signed in.</summary>
    internal async Task<IPage> OpenAsync(string path, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await _browser!.OpenAsync(Client.Console.Http.BaseAddress!, width, scheme, _signedIn);
        await page.GotoAsync(path);
        await page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Once for all pages: the console takes so many attempts a minute, and no more.</summary>
    /// <returns>The cookies.</returns>
    private async Task<string> SignInAsync()
    {
        var page = await _browser!.OpenAsync(Client.Console.Http.BaseAddress!);
        await page.GotoAsync("/");
        await page.GetByLabel("Your name").FillAsync("Tess");
        await page.GetByLabel("Token").FillAsync(OperatorClient.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Token").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        return await page.Context.StorageStateAsync();
    }
}
