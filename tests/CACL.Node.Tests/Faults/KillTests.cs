using System.Globalization;
using System.Net;
using System.Text;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.Faults;

/// <summary>
/// Kills real trainings with SIGKILL, at random moments and before chosen system calls, resumes them, and compares them with one that was
/// not killed. CACL_KILLS is the number of kills of the long variant; from 50 on, each named point is among them. CACL_KILLED is the name
/// of the only history that is tried.
/// </summary>
public sealed class KillTests(SmallRuns runs) : IClassFixture<SmallRuns>, IDisposable
{
    private const int Killed = 128 + 9;
    private const string RolledBack = "roll back to ";
    private const int Steps = KillHistory.Steps;

    private static readonly string[] Short = KillHistory.Short;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Random _random = new(20);
    private int _interval = 5;
    private int _kills;

    public void Dispose() => _http.Dispose();

    [Fact]
    public void A_training_that_is_killed_three_times_computes_what_it_would_have_computed()
    {
        LongTests.Only("A training in four parts");
        Strace.Require();
        var run = runs.Folder("killed-thrice");
        KillAtStep(run, 3, Short);
        KillAt(KillPoint.OfCheckpoints[0], run, Short);
        KillAt(KillPoint.OfCheckpoints[1], run, Short);
        Finish(run, 0, Short);
        int[] explained = [.. Enumerable.Range(1, Steps)];
        RunTrace.Of(runs.Undisturbed, Steps, explained).AssertSame(RunTrace.Of(run, Steps, explained, Steps), "killed three times");
    }

    [Fact]
    public void A_kill_anywhere_costs_nothing_but_time()
    {
        LongTests.Only("As many trainings as kills, each twice");
        Strace.Require();
        var asked = Environment.GetEnvironmentVariable("CACL_KILLS");
        var wanted = int.TryParse(asked, CultureInfo.InvariantCulture, out var count) ? count : 4;
        var pictures = runs.Folder("pictures");
        LabelledPictures.Write(pictures);
        var only = Environment.GetEnvironmentVariable("CACL_KILLED");
        var plan = KillHistory.Plan(KillHistory.All(pictures).Where(history => only is null || history.Name == only));
        var tables = new Dictionary<string, RunTrace>();
        var (reached, failures) = (new HashSet<string>(), new List<string>());
        for (var round = 0; _kills < wanted; round++)
        {
            var (history, point) = plan[round % plan.Count];
            if (!tables.TryGetValue(history.Name, out var expected))
            {
                var undisturbed = Made(history, $"{history.Name}-whole");
                Finish(undisturbed, history.ExitCode, history.Settings);
                tables[history.Name] = expected = RunTrace.Of(undisturbed, history.Last, history.Explained);
            }

            var what = $"kill {_kills + 1} of {wanted}: {history.Name}, {history.Where(point)}";
            try
            {
                KillAndCompare(history, point, round, expected, what);
                if (point is not null && history.IsCounted) reached.Add(point.Name);
                TestContext.Current.SendDiagnosticMessage($"{what}: equal");
            }
            catch (Xunit.Sdk.XunitException difference)
            {
                // The others are tried all the same: one failure of fifty says something else than fifty.
                failures.Add($"{what}: {difference.Message}");
                TestContext.Current.SendDiagnosticMessage(failures[^1]);
                Assert.True(failures.Count < 5, string.Join('\n', failures));
            }
        }

        Assert.Empty(failures);
        string[] named = [.. plan.Where(kill => kill.History.IsCounted).Select(kill => kill.Point?.Name).OfType<string>()];
        TestContext.Current.SendDiagnosticMessage($"{reached.Count} of {named.Length} named points were reached");
        if (wanted >= plan.Sum(kill => kill.Point is { IsInResumedRun: true } ? 2 : 1)) Assert.Equal(named.Order(), reached.Order());
    }

    [Fact]
    public void A_kill_while_a_change_is_journaled_leaves_a_change_that_is_there_or_not()
    {
        LongTests.Only("Six trainings");
        Strace.Require();
        string[] settings = [.. Short, "--set", "cacl.training.epochs=1000"];
        foreach (var point in KillPoint.OfTheJournal)
        {
            var (run, replayed) = (runs.Folder($"journal-{point.Call}"), runs.Folder($"journal-{point.Call}-replayed"));
            using (var process = Start(point, run, settings, out var log))
            {
                process.Until(() => process.HasEnded || SmallRuns.Steps(run) >= 2);
                _ = ChangeAsync(run, "{\"learning_rate_factor\":0.3,\"loss_weights\":{\"pixel\":2.5}}");
                AssertKilled(process, run);
                point.AssertReached(log);
            }

            Finish(run, 0, settings);
            Directory.CreateDirectory(replayed);
            var journal = Path.Combine(run, RunFiles.Control);
            if (File.Exists(journal)) File.Copy(journal, Path.Combine(replayed, RunFiles.Control));
            Finish(replayed, 0, settings);
            int[] explained = [.. Enumerable.Range(1, Steps)];
            RunTrace.Of(replayed, Steps, explained).AssertSame(RunTrace.Of(run, Steps, explained), point.Name);
        }
    }

    private void KillAndCompare(KillHistory history, KillPoint? point, int round, RunTrace expected, string what)
    {
        var run = Made(history, $"{history.Name}-{round}");
        _interval = history.Interval;
        if (history.IsRolledBack) KillBehindRollBack(run, 1 + (round % 2), history.Settings);
        else if (point is null) KillAtStep(run, _random.Next(1, history.Last - 1), history.Settings);
        else if (point.IsInResumedRun) KillAtFirstCheckpoint(run, history.Settings);
        if (point is not null) KillAt(point, run, history.Settings, history.IsCounted);
        // A checkpoint is kept from which the last steps can be computed again.
        Finish(run, history.ExitCode, [.. history.Settings, "--set", "cacl.checkpoints.keep=3"]);
        expected.AssertSame(RunTrace.Of(run, history.Last, history.Explained, history.Explained[^1]), what);
        Directory.Delete(run, recursive: true);
    }

    private string Made(KillHistory history, string name)
    {
        var run = runs.Folder(name);
        history.Prepare(run);
        return run;
    }

    private void KillAtStep(string run, int step, string[] settings)
    {
        using var process = CaclProcess.Start(Train(run, settings));
        process.Until(() => SmallRuns.Steps(run) >= step);
        process.Kill();
        AssertKilled(process, run);
    }

    private void KillBehindRollBack(string run, int rollBacks, string[] settings)
    {
        using var process = CaclProcess.Start(Train(run, settings));
        var log = Path.Combine(run, "train.log");
        process.Until(() => File.Exists(log)
            && File.ReadLines(log).Count(line => line.Contains(RolledBack, StringComparison.Ordinal)) >= rollBacks);
        process.Kill();
        AssertKilled(process, run);
    }

    private void KillAtFirstCheckpoint(string run, string[] settings)
    {
        using var process = CaclProcess.Start(Train(run, settings));
        process.Until(() => Directory.Exists(Path.Combine(run, "checkpoints", "latest")));
        process.Kill();
        AssertKilled(process, run);
    }

    private void KillAt(KillPoint point, string run, string[] settings, bool isCounted = true)
    {
        using var process = Start(point, run, settings, out var log);
        AssertKilled(process, run);
        if (isCounted) point.AssertReached(log);
    }

    private CaclProcess Start(KillPoint point, string run, string[] settings, out string log)
    {
        log = runs.Folder($"{Path.GetFileName(run)}-{_kills}.strace");
        return Strace.Start(log, point.OptionsFor(run), Train(run, settings));
    }

    private void AssertKilled(CaclProcess process, string run)
    {
        var exit = process.WaitForExit(Strace.Patience);
        Assert.True(exit == Killed, $"The program was not killed, it ended with {exit}:\n{process.Output}");
        Assert.False(RunFolder.IsHeld(run), "The program that was to be killed still holds its run.");
        _kills++;
        KilledRun.AssertLittleIsLost(run, _interval);
    }

    private void Finish(string run, int expected, string[] settings)
    {
        using var process = CaclProcess.Start(Train(run, settings));
        var exit = process.WaitForExit(Strace.Patience);
        Assert.True(exit == expected, $"exit code {exit}:\n{process.Output}");
    }

    // Begins the run if it has not begun yet.
    private string[] Train(string run, string[] settings) =>
        runs.Train(run, File.Exists(Path.Combine(run, RunFolder.ConfigurationName)) ? [.. settings, "--resume"] : settings);

    private async Task ChangeAsync(string run, string body)
    {
        var address = new Uri(NodeFile.Read(run)!.Address, "/api/settings");
        using var request = new HttpRequestMessage(HttpMethod.Patch, address);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.NotEqual(HttpStatusCode.OK, response.StatusCode); // it was killed before the change was on the disk
        }
        catch (HttpRequestException)
        {
            // It was killed while it answered.
        }
    }
}
