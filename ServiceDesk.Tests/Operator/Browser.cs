using Microsoft.Playwright;

namespace ServiceDesk.Tests.Operator;

/// <summary>A Chromium that is installed on this machine; none is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Programs =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>The program that CHROMIUM names, or a well-known one; null where there is none.</summary>
    public static string? Program => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given
        ? given
        : Array.Find(Programs, File.Exists);

    public static async Task<Browser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout((float)Infrastructure.Eventually.Limit.TotalMilliseconds);
        var driver = await Playwright.CreateAsync();
        try
        {
            return new Browser(driver, await driver.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Program,
                // Its sandbox needs rights that containers and root lack; the pages are our own.
                Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            }));
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }

    /// <summary>A page of somebody's, who lives in Berlin.</summary>
    /// <param name="console">Where it is.</param>
    /// <param name="width">Of the screen.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="signedIn">The cookies of somebody who is, or null.</param>
    public async Task<IPage> OpenAsync(
        Uri console, int width = 1280, ColorScheme scheme = ColorScheme.Light, string? signedIn = null)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = console.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            TimezoneId = "Europe/Berlin",
            ColorScheme = scheme,
            StorageState = signedIn,
        });
        context.SetDefaultTimeout((float)Infrastructure.Eventually.Limit.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }
}

/// <summary>A test in a browser; skipped, with a message, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = BrowserMissing.Reason;
}

/// <inheritdoc cref="BrowserFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserMissing.Reason;
}

internal static class BrowserMissing
{
    public static string? Reason => Browser.Program is null
        ? "there is no Chromium on this machine; CHROMIUM may name one"
        : null;
}
