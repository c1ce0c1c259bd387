using Microsoft.Playwright;

namespace CACL.Http.Tests.Browser;

/// <summary>
/// The system's Chromium, driven by Playwright. The driver runs from the package folder, so that its 130 MB are copied nowhere.
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
        // Newer ones keep sites from this machine by themselves; others do not, and it is our request guard that is tried.
        "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts it; the test is skipped, and says so, where there is none.</summary>
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

    /// <summary>A page of a profile of its own. What goes wrong in it, a breach of its policy included, is gathered.</summary>
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
            // A request that is answered by a refusal is what some tests are about.
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
