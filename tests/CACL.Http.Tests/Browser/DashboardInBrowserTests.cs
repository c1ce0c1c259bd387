using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace CACL.Http.Tests.Browser;

/// <summary>Opens the page of the real server in a real browser.</summary>
public sealed class DashboardInBrowserTests : IDisposable
{
    private const string Evil = "<img src=x onerror=\"document.title='owned'\">";
    private const string Collapsing =
        """
        "spread_global":0.3,"spread_cycle":0.001,"frame_spread_global":0.04,"frame_spread_cycle":0.002,"target_entropy_cycle":0.98
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;

    public DashboardInBrowserTests()
    {
        _run = RunFolder.Open(_folder.File(Evil.Replace('/', ' ')), RunStart.New);
        File.WriteAllLines(_run.Metrics, Enumerable.Range(1, 200).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"step\":{i},\"epoch\":{i / 10.0:0.0},\"loss\":{8 - (i / 100.0):0.00},\"loss_global\":4,\"loss_pixel\":{4 - (i / 100.0):0.00},\"lr\":0.3,\"pairs_per_s\":12.5,\"data_wait_share\":0.25,{Collapsing}}}")));
        File.WriteAllText(
            _run.Quarantine,
            Line(
                new()
                {
                    ["path"] = $"/videos/{Evil}.mp4",
                    ["reason"] = Evil,
                    ["message"] = "<script>document.title='owned'</script>",
                    ["found_by"] = "scan"
                }));
        File.WriteAllText(
            _run.Evaluations,
            Line(
                new()
                {
                    ["step"] = 100,
                    ["dataset"] = Evil,
                    ["protocol"] = "linear",
                    ["variant"] = "quick",
                    ["trigger"] = "request",
                    ["status"] = "done",
                    ["miou"] = 0.25,
                    ["macc"] = 0.3,
                    ["aacc"] = 0.7,
                    ["intervals"] = new JsonObject { ["miou"] = new JsonArray(0.22, 0.275), ["macc"] = null, ["aacc"] = Evil },
                    ["seconds"] = 60
                })
            + Line(
                new()
                {
                    ["step"] = 200,
                    ["dataset"] = Evil,
                    ["protocol"] = "linear",
                    ["variant"] = "quick",
                    ["trigger"] = "request",
                    ["status"] = "failed",
                    ["error"] = Evil
                }));
    }

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_shows_what_it_knows_says_what_it_does_not_know_and_takes_names_as_text()
    {
        using var server = Start();
        // What an exception says, which may quote a file's name, and an actor's name.
        server.State.Supervision.Add(new SupervisionDecision($"run/{Evil.Replace('/', ' ')}", $"failed: {Evil}", $"</script>{Evil}"));
        await using var chromium = await Chromium.StartAsync();
        foreach (var (width, scheme) in new[] { (1400, ColorScheme.Light), (400, ColorScheme.Dark) })
        {
            var (page, faults) = await chromium.OpenAsync(width, scheme);
            await page.GotoAsync(server.Address.ToString());
            await Assertions.Expect(page.Locator("#line")).ToHaveTextAsync("live");
            await Assertions.Expect(page.Locator("#figure-losses canvas")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator("#figure-losses .plot"))
                .ToHaveAttributeAsync("aria-label", new Regex("Losses, steps 1 to 200.*global: last 4"));
            foreach (var (figure, told) in new[]
            {
                ("spread", "global: last 0.3.*cycle: last 0.001"), ("frames", "global: last 0.04.*cycle: last 0.002"),
                ("entropy", "cycle's target: last 98 %"),
            })
            {
                await Assertions.Expect(page.Locator($"#figure-{figure} .plot")).ToHaveAttributeAsync("aria-label", new Regex(told));
            }

            await Assertions.Expect(page.Locator("#quarantine")).ToContainTextAsync($"/videos/{Evil}.mp4");
            await Assertions.Expect(page.Locator("#reasons")).ToContainTextAsync(Evil);
            await Assertions.Expect(page.Locator("#evaluations")).ToContainTextAsync("25 % (22 % to 27.5 %)30 %70 %");
            await Assertions.Expect(page.Locator("#evaluations"))
                .ToContainTextAsync("newest first; in brackets: 95 % interval over the test images");
            await Assertions.Expect(page.Locator("#evaluations")).ToContainTextAsync($"failed: {Evil}");
            await Assertions.Expect(page.Locator("#supervision")).ToContainTextAsync($"failed: {Evil}. Decision: </script>{Evil}");
            await Assertions.Expect(page.Locator("#facts")).ToContainTextAsync("not known");
            Assert.Equal(0, await page.Locator("img").CountAsync());
            // The run's own name is markup, too, and is shown as text.
            Assert.EndsWith(Evil.Replace('/', ' '), await page.TitleAsync(), StringComparison.Ordinal);
            Assert.True(
                await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
                $"At {width} pixels the page is wider than the window.");
            Assert.Empty(faults);
            await page.Context.CloseAsync();
        }
    }

    [Fact]
    public async Task Names_of_a_batchs_videos_of_workers_and_of_actors_and_what_a_command_answers_are_text()
    {
        using var server = Start();
        await using var chromium = await Chromium.StartAsync();
        var (page, faults) = await chromium.OpenAsync();
        var actor = new JsonObject
        {
            ["path"] = $"run/{Evil.Replace('/', ' ')}",
            ["kind"] = Evil,
            ["state"] = Evil,
            ["last_decision"] = Evil,
        };
        var worker = new JsonObject
        {
            ["name"] = Evil,
            ["address"] = Evil,
            ["role"] = Evil,
            ["state"] = Evil,
            ["doing"] = new JsonArray(Evil),
        };
        var pair = new JsonObject
        {
            ["video"] = $"/videos/{Evil.Replace('/', ' ')}",
            ["frame"] = Evil,
            ["second_frame"] = 8,
            ["image"] = "javascript:document.title='owned'",
        };
        foreach (var (path, answer) in new (string, JsonNode)[]
        {
            ("actors", new JsonArray(actor)), ("workers", new JsonObject { ["workers"] = new JsonArray(worker) }),
            ("batch", new JsonObject { ["step"] = 1, ["size"] = 1, ["pairs"] = new JsonArray(pair) }),
            ("pause", new JsonObject { ["message"] = Evil }), ("checkpoint", new JsonObject { ["error"] = Evil }),
            ("workers/drain", new JsonObject { ["message"] = Evil }),
        })
        {
            await page.RouteAsync(
                new Uri(server.Address, "/api/" + path).ToString(),
                route => route.FulfillAsync(new RouteFulfillOptions
                {
                    ContentType = "application/json",
                    Body = answer.ToJsonString(),
                    Status = path == "checkpoint" ? 409 : 200,
                }));
        }

        await page.GotoAsync(server.Address.ToString());
        await Assertions.Expect(page.Locator("#actors")).ToContainTextAsync(Evil.Replace('/', ' '));
        await Assertions.Expect(page.Locator("#actors")).ToContainTextAsync($"last decision: {Evil}");
        await Assertions.Expect(page.Locator("#workers")).ToContainTextAsync(Evil);
        await page.Locator("#look").ClickAsync();
        await Assertions.Expect(page.Locator("#batch")).ToContainTextAsync(Evil.Replace('/', ' '));
        foreach (var (button, kind) in new[] { ("#pause", ""), ("#checkpoint", "bad"), ("#workers button", "") })
        {
            await page.EvaluateAsync("document.getElementById('said').textContent = ''");
            await page.Locator(button).First.ClickAsync();
            await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync(Evil);
            await Assertions.Expect(page.Locator("#said")).ToHaveClassAsync(kind);
        }

        Assert.Equal(0, await page.Locator("[onerror], [src=x], [src^=javascript]").CountAsync());
        Assert.Equal(1, await page.Locator("img").CountAsync()); // the place of the batch's picture, which is none
        Assert.NotEqual("owned", await page.TitleAsync());
        Assert.DoesNotContain(faults, fault => !fault.Contains("409", StringComparison.Ordinal)); // which the browser tells, too
    }

    [Fact]
    public async Task Each_protocol_has_a_curve_of_its_own()
    {
        string Evaluated(int step, string protocol, double miou) => Line(
            new()
            {
                ["step"] = step,
                ["dataset"] = "camvid",
                ["protocol"] = protocol,
                ["variant"] = "quick",
                ["status"] = "done",
                ["miou"] = miou,
            });
        var lines = new[] { 50, 100, 150 }.Select(step => Evaluated(step, "linear", 0.3) + Evaluated(step, "knn", 0.2));
        File.WriteAllText(_run.Evaluations, string.Concat(lines));
        using var server = Start();
        await using var chromium = await Chromium.StartAsync();
        var (page, faults) = await chromium.OpenAsync(1400);
        await page.GotoAsync(server.Address.ToString());
        await Assertions.Expect(page.Locator("#figure-quality .plot")).ToHaveAttributeAsync(
            "aria-label", new Regex("camvid · linear · quick: last 30 %.*camvid · knn · quick: last 20 %"));
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(1400)]
    [InlineData(700)]
    [InlineData(400)]
    public async Task A_meter_stays_on_its_line_however_long_its_figures_are(int width)
    {
        using var server = Start();
        await using var chromium = await Chromium.StartAsync();
        var (page, _) = await chromium.OpenAsync(width);
        await page.GotoAsync(server.Address.ToString());
        await Assertions.Expect(page.Locator(".meter").First).ToBeVisibleAsync();
        // These are the longest name of a queue and the longest text for bytes.
        var lines = await page.EvaluateAsync<int[]>(
            """
            () => [...document.querySelectorAll(".meter")].flatMap(meter => {
              const [name, text] = [meter.firstElementChild, meter.lastElementChild];
              name.textContent = "Negatives, global";
              text.textContent = "1020 KiB of 1020 GiB";
              return [name, text].map(span => {
                const range = document.createRange();
                range.selectNodeContents(span);
                return new Set([...range.getClientRects()].map(box => box.top)).size;
              });
            })
            """);
        Assert.NotEmpty(lines);
        Each.Holds(lines, count => Assert.Equal(1, count));
        var bars = await page.EvaluateAsync<double[]>(
            "[...document.querySelectorAll('.meter .bar')].map(bar => bar.getBoundingClientRect().width)");
        Each.Holds(bars, bar => Assert.True(bar > 100 && bar == bars[0], $"The bars are {string.Join(", ", bars)} pixels wide."));
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
    }

    [Fact]
    public async Task It_is_worked_by_keyboard_and_tells_what_came_of_a_command()
    {
        using var server = Start();
        await using var chromium = await Chromium.StartAsync();
        var (page, faults) = await chromium.OpenAsync();
        await page.GotoAsync(server.Address.ToString());
        await Assertions.Expect(page.Locator("#figure-losses canvas")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the figures", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Locator("#figure-losses .plot").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Locator("#figure-losses [aria-live]")).ToContainTextAsync("at step 1");

        await page.Locator("#from").FillAsync("50");
        await page.Locator("#to").FillAsync("60");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#figure-losses .plot")).ToHaveAttributeAsync("aria-label", new Regex("steps 50 to 60"));

        // The training has not begun: the page shows the program's own sentence.
        await page.Locator("#evaluate").ClickAsync();
        await Assertions.Expect(page.Locator("#said[aria-live=polite]")).ToContainTextAsync("The training has not begun yet.");

        var sent = new List<string>();
        page.Request += (_, request) => sent.Add($"{request.Method} {new Uri(request.Url).AbsolutePath}");
        await page.Locator("#stop").ClickAsync();
        await Assertions.Expect(page.Locator("#confirm")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#confirm")).Not.ToBeVisibleAsync();
        Assert.DoesNotContain("POST /api/stop", sent);
        await page.Locator("#stop").ClickAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.Locator("#confirm button[value=yes]").ClickAsync(),
            response => new Uri(response.Url).AbsolutePath == "/api/stop");
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, answer.Status);
        await Assertions.Expect(page.Locator("#said")).ToHaveClassAsync("bad");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Where_a_token_is_needed_it_asks_for_it_or_takes_it_from_the_address_and_hides_it_there()
    {
        using var server = Start("geheim");
        await using var chromium = await Chromium.StartAsync();
        var (page, _) = await chromium.OpenAsync();
        await page.GotoAsync(server.Address.ToString());
        await page.Locator("#token").FillAsync("geheim");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#line")).ToHaveTextAsync("live");
        var (other, _) = await chromium.OpenAsync();
        await other.GotoAsync($"{server.Address}#token=geheim");
        await Assertions.Expect(other.Locator("#line")).ToHaveTextAsync("live");
        Assert.Equal(server.Address.ToString(), other.Url);
    }

    [Fact]
    public async Task Another_sites_page_does_not_stop_a_run_and_its_own_does()
    {
        using var run = new FakeRun { Training = new FakeTraining { StepTime = TimeSpan.FromMilliseconds(10) } };
        run.Options = run.Options with { MaxSteps = 1_000_000, Epochs = 1_000_000, CheckpointEverySteps = 0 };
        var state = States.Of(_run);
        using var server = Start(state);
        var training = run.Start();
        state.Began(training, RunLength.Of(run.VideoCount, run.Options.BatchSize, run.Options.Epochs, run.Options.MaxSteps), run.Options);
        await using var chromium = await Chromium.StartAsync();
        var (page, faults) = await chromium.OpenAsync();
        var target = new Uri(server.Address, "/api/stop").ToString();
        var answers = new ConcurrentQueue<(string Method, int? Status)>();
        page.Context.Response += (_, response) =>
        {
            if (response.Url == target) answers.Enqueue((response.Request.Method, response.Status));
        };
        // What came in answer is for this site alone, so that the browser tells the other one nothing of it.
        page.Context.RequestFailed += (_, request) =>
        {
            if (request.Url == target && request.Failure?.Contains("ERR_BLOCKED_BY_RESPONSE", StringComparison.Ordinal) == true)
                answers.Enqueue((request.Method, null));
        };

        // Another site has a made-up page, whose requests to this server are real.
        await page.Context.RouteAsync(
            "http://evil.example/**",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<form method=post></form>" }));
        // The browser asks beforehand whether it may send the second one, and then does not: only its end can be waited for.
        (string Script, bool GoesOut)[] attacks =
        [
            ($"fetch('{target}', {{ method: 'POST', mode: 'no-cors', headers: {{ 'Content-Type': 'text/plain' }}, body: '{{}}' }})", true),
            ($"fetch('{target}', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: '{{}}' }})", false),
            ($"document.forms[0].action = '{target}', document.forms[0].submit()", true),
        ];
        var sent = 0;
        foreach (var (script, goesOut) in attacks)
        {
            await page.GotoAsync("http://evil.example/");
            await page.EvaluateAsync($"async () => {{ try {{ await ({script}); }} catch {{ }} }}");
            if (goesOut) sent++;
            await Eventually.HoldsAsync(() => Task.FromResult(answers.Count(answer => answer.Method == "POST") >= sent));
        }

        // The form led here. WaitForURLAsync misses a page that gets there between its look at the address and its wait.
        await Assertions.Expect(page).ToHaveURLAsync(target);
        Assert.Equal(sent, answers.Count(answer => answer.Method == "POST"));
        int[] refusals = [StatusCodes.Status403Forbidden, StatusCodes.Status415UnsupportedMediaType];
        Each.Holds(answers, answer => Assert.True(answer.Status is not { } status || refusals.Contains(status)));
        Assert.False(training.Status().Stopping);
        Assert.False(training.Completion.IsCompleted);

        answers.Clear();
        faults.Clear(); // the browser's complaints at the other site
        await page.GotoAsync(server.Address.ToString());
        await page.Locator("#stop").ClickAsync();
        await page.Locator("#confirm button[value=yes]").ClickAsync();
        Assert.Equal(
            RunEnd.Stopped, (await training.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).End);
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("ended");
        Assert.Contains(("POST", StatusCodes.Status202Accepted), answers);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task It_asks_nobody_but_its_own_node()
    {
        using var server = Start();
        await using var chromium = await Chromium.StartAsync();
        var (page, _) = await chromium.OpenAsync();
        var asked = new List<string>();
        page.Context.Request += (_, request) => asked.Add(request.Url);
        await page.GotoAsync(server.Address.ToString());
        await Assertions.Expect(page.Locator("#figure-losses canvas")).ToBeVisibleAsync();
        Assert.Contains(asked, url => url.EndsWith("/api/events", StringComparison.Ordinal));
        var own = server.Address.ToString();
        Each.Holds(
            asked,
            url => Assert.True(url.StartsWith(own, StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
    }

    private static string Line(JsonObject line) => line.ToJsonString() + "\n";

    private NodeServer Start(string token = "") => Start(States.Of(_run), token);

    private static NodeServer Start(NodeState state, string token = "") => NodeServer.Start(new HttpOptions { Token = token }, state)!;
}
