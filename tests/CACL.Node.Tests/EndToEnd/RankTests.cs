using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Several processes train together over MPI, in the whole program.</summary>
public sealed class RankTests(MadeClips clips) : IDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private readonly SmallRuns _runs = new(clips);

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Two_ranks_train_what_one_process_trains_and_leave_one_run_folder()
    {
        OpenMpi.Require();
        var run = _runs.Folder("two");
        CaclProcess.AssertSuccess(CaclProcess.Run(_runs.Train(run, "--ranks", "2")));
        AssertNear(Losses(_runs.Undisturbed), Losses(run));
        Assert.Equal(
            Directory.EnumerateFileSystemEntries(_runs.Undisturbed).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Directory.EnumerateFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement;
        Assert.Contains("\"ranks\": 2", facts.GetRawText());
        // Each step says what the one before took.
        var steps = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.False(steps[0].TryGetProperty("slowest_rank", out _));
        Each.Holds(steps.Skip(1), step =>
        {
            Assert.InRange(step.GetProperty("slowest_rank").GetInt32(), 0, 1);
            Assert.True(step.GetProperty("slowest_rank_seconds").GetDouble() > 0);
            Assert.True(step.GetProperty("exchange_seconds").GetDouble() > 0);
        });
        // One thread each, whatever the cores: twice the same.
        LongTests.Only("The same run once more, to the bit");
        var again = _runs.Folder("again");
        CaclProcess.AssertSuccess(CaclProcess.Run(_runs.Train(again, "--ranks", "2")));
        Assert.Equal(SmallRuns.Losses(run), SmallRuns.Losses(again));
    }

    [Fact]
    public void A_run_goes_on_with_more_and_with_fewer_ranks_on_the_same_samples()
    {
        OpenMpi.Require();
        LongTests.Only("Three starts of a run");
        var run = _runs.Folder("elastic");
        string[] four = ["--set", "cacl.model.bn-splits=4"];
        string[] One(params string[] more) => _runs.Train(_runs.Folder("one"), [.. four, .. more]);
        CaclProcess.AssertSuccess(CaclProcess.Run(One()));
        // Stopped in the middle of the run by a lost rank, gone on with one process, then with four ranks.
        using (var two = CaclProcess.Start(_runs.Train(run, [.. four, "--ranks", "2"])))
        {
            two.Until(() => SmallRuns.Steps(run) >= 2);
            Assert.Equal(0, CaclProcess.SendSignalTo(ProcessOf(run, rank: 1), Kill));
            Assert.Equal(1, two.WaitForExit());
            Assert.Contains("Rank 1 of 2 is gone", two.Output);
            Assert.Contains("--resume", two.Output);
        }

        var lost = SmallRuns.Steps(run);
        Assert.Equal($"step-{lost:00000000}", Newest(run));
        using (var one = CaclProcess.Start(_runs.Train(run, [.. four, "--resume"])))
        {
            one.Until(() => SmallRuns.Steps(run) >= lost + 2);
            one.Signal(Terminate);
            Assert.Equal(143, one.WaitForExit());
        }

        CaclProcess.AssertSuccess(CaclProcess.Run(_runs.Train(run, [.. four, "--resume", "--ranks", "4"])));
        AssertNear(Losses(_runs.Folder("one")), Losses(run));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void With_restarts_the_ranks_that_are_left_go_on_by_themselves(int lost)
    {
        OpenMpi.Require();
        LongTests.Only("A run that is started twice");
        var run = _runs.Folder("again");
        using var process = CaclProcess.Start(
            _runs.Train(run, "--ranks", "2", "--set", "cacl.ranks.restarts=1", "--set", "cacl.checkpoints.every-steps=1"));
        process.Until(() => Directory.Exists(Path.Combine(run, "checkpoints")) && SmallRuns.Steps(run) >= 2);
        Assert.Equal(0, CaclProcess.SendSignalTo(ProcessOf(run, rank: lost), Kill));
        CaclProcess.AssertSuccess((process.WaitForExit(), process.Output));
        Assert.Contains("A rank was lost: 1 of 2 go on from the last checkpoint (start again 1 of at most 1).", process.Output);
        AssertNear(Losses(_runs.Undisturbed), Losses(run));
    }

    [Fact]
    public void A_signal_to_the_launcher_has_rank_0_save()
    {
        OpenMpi.Require();
        LongTests.Only("A run that is stopped");
        var run = _runs.Folder("stopped");
        using var process = CaclProcess.Start(_runs.Train(run, "--ranks", "2", "--set", "cacl.training.max-steps=10000"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        process.Signal(Terminate);
        Assert.Equal(143, process.WaitForExit());
        Assert.Equal($"step-{SmallRuns.Steps(run):00000000}", Newest(run));
    }

    [Fact]
    public void The_other_ranks_end_when_the_training_is_over_while_rank_0_goes_on_answering()
    {
        OpenMpi.Require();
        LongTests.Only("A run that goes on answering");
        var run = _runs.Folder("lingers");
        using var process = CaclProcess.Start(
            _runs.Train(run, "--ranks", "2", "--set", "cacl.training.max-steps=2", "--set", "cacl.http.linger=1h"));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        var (zero, one) = (ProcessOf(run, rank: 0), ProcessOf(run, rank: 1));
        process.Until(() => process.Output.Contains("Still answering at", StringComparison.Ordinal));
        // Much less than cacl.ranks.timeout, for which it would wait otherwise.
        var began = Stopwatch.GetTimestamp();
        process.Until(() => !IsThere(one));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 30);
        Assert.True(IsThere(zero));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
        using var status = http.Send(
            new HttpRequestMessage(HttpMethod.Get, new Uri(NodeFile.Read(run)!.Address, "/api/status")),
            TestContext.Current.CancellationToken);
        Assert.Equal("ended", (string?)JsonNode.Parse(status.Content.ReadAsStream(TestContext.Current.CancellationToken))!["state"]);
        var (exit, output) = CaclProcess.Run("stop", "--run", run);
        Assert.True(exit == 0, output);
        Assert.Equal(0, process.WaitForExit());
        Assert.DoesNotContain("Rank 1", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launcher_that_answers_no_more_keeps_no_rank_from_ending()
    {
        OpenMpi.Require();
        LongTests.Only("A run whose launcher is stopped");
        var run = _runs.Folder("launcher");
        using var process = CaclProcess.Start(_runs.Train(run, "--ranks", "2", "--set", "cacl.training.max-steps=10000"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        var (zero, one) = (ProcessOf(run, rank: 0), ProcessOf(run, rank: 1));
        var launcher = int.Parse(TextOf(zero, "stat").Split(") ")[1].Split(' ')[1]); // the parent
        Tell("-STOP", launcher);
        try
        {
            var (exit, output) = CaclProcess.Run("stop", "--run", run);
            Assert.True(exit == 0, output);
            // MPI's own end waits for the launcher, and is given up after 20 s.
            Eventually.Holds(() => !IsThere(zero) && !IsThere(one));
        }
        finally
        {
            Tell("-CONT", launcher);
        }

        Assert.Equal(130, process.WaitForExit());
        Assert.Equal($"step-{SmallRuns.Steps(run):00000000}", Newest(run));

        static void Tell(string signal, int process)
        {
            using var kill = Process.Start("kill", [signal, $"{process}"]);
            kill.WaitForExit();
        }
    }

    [Theory]
    [InlineData("cacl.training.batch-size=6", "3", "cacl.model.bn-splits is 2")]
    [InlineData("cacl.training.batch-size=8", "3", "which 3 ranks cannot share evenly")]
    public void What_so_many_ranks_cannot_train_is_refused_before_any_is_started(string setting, string ranks, string words) =>
        CaclProcess.AssertRefused(
            CaclProcess.Run(_runs.Train(_runs.Folder("refused"), "--set", setting, "--ranks", ranks)), words);

    [Fact]
    public void Processes_that_another_launcher_started_do_not_each_train_the_run_by_themselves()
    {
        var launched = new Dictionary<string, string> { ["RANK"] = "1", ["WORLD_SIZE"] = "2" };
        using var process = CaclProcess.StartWith(launched, _runs.Train(_runs.Folder("refused")));
        CaclProcess.AssertRefused(
            (process.WaitForExit(), process.Output), "torchrun, or a launcher like it, started 2 of this program", "--ranks 1");
    }

    [Fact]
    public void NCCL_is_refused_on_a_processor() => CaclProcess.AssertRefused(
        CaclProcess.Run(_runs.Train(_runs.Folder("refused"), "--set", "cacl.ranks.collectives=nccl")),
        "cacl.ranks.collectives is nccl, which exchanges between cards");

    private static string Newest(string run) =>
        Path.GetFileName(Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*").Max(StringComparer.Ordinal)!);

    private static int ProcessOf(string run, int rank)
    {
        var found = 0;
        Eventually.Holds(() => (found = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .FirstOrDefault(id => TextOf(id, "cmdline").Contains($"\0train\0", StringComparison.Ordinal)
                && TextOf(id, "cmdline").Contains($"\0{run}\0", StringComparison.Ordinal)
                && TextOf(id, "environ").Contains($"\0OMPI_COMM_WORLD_RANK={rank}\0", StringComparison.Ordinal)
                && !TextOf(id, "cmdline").StartsWith("mpirun", StringComparison.Ordinal))) > 0);
        return found;
    }

    private static bool IsThere(int process) =>
        TextOf(process, "stat").Split(')')[^1] is { Length: > 2 } rest && rest[1] is not ('Z' or 'X');

    private static string TextOf(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }

    private static double[] Losses(string run) =>
    [
        .. File.ReadLines(Path.Combine(run, "metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble()),
    ];

    // The first steps differ by rounding alone, which grows from step to step: another sample would make a difference of its own size.
    private static void AssertNear(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.Equal(expected[0], found[0], 1e-5 * expected[0]);
        Each.Holds(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.02 * pair.First));
    }
}
