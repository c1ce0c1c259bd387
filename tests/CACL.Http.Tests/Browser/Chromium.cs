using Microsoft.Playwright;

namespace CACL.Http.Tests.Browser;

/// <summary>
/// Drives the system's Chromium by Playwright, whose driver runs from the package folder, so that its 130 MB are copied nowhere.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    // The browser asks nobody for anything by itself.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync", "--disable-extensions", "--no-proxy-server",
        // Newer browsers keep sites from this machine by themselves; others do not, and it is the request guard that is tested.
        "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts the browser; where there is none the test is skipped and says so.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no {Program} (Debian: apt install chromium).");
        var driver = AppContext.GetData("CACL.Playwright") as string ?? "";
        Assert.True(File.Exists(Path.Combine(driver, ".playwright", "package", "cli.js")), $"There is no Playwright driver in {driver}.");
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", driver);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = Arguments,
            Timeout = 60_000,
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>Opens a page in a profile of its own and gathers what goes wrong in it, breaches of its policy included.</summary>
    public async Task<(IPage Page, List<string> Faults)> OpenAsync(int width = 1400, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, message) =>
        {
            // Some tests are about requests that are refused.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                faults.Add(message.Text);
        };
        return (page, faults);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
