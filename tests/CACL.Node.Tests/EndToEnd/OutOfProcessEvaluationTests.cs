using System.Security.Cryptography;
using System.Text.Json;
using CACL.Node.Tests.Outside;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests evaluations during a training, each in a real child process.</summary>
public sealed class OutOfProcessEvaluationTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Terminate = 15;

    [Fact]
    public void Evaluations_beside_a_training_are_recorded_and_change_none_of_its_bits()
    {
        var watched = runs.Folder("watched");
        // The server listens to other machines, which needs a token: the evaluation finds the token in no file, and it opens no port.
        string[] open = ["--set", "cacl.http.host=0.0.0.0", "--set", "cacl.http.token=geheim"];
        var (exit, output) = CaclProcess.Run(runs.Train(watched, [.. Short, .. open, "--set", "cacl.evaluation.every-steps=8"]));
        Assert.True(exit == 0, output);
        // An additional checkpoint changes nothing either.
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(watched));
        Assert.Equal(Weights(runs.Undisturbed), Weights(watched));

        var lines = Evaluations(watched);
        Assert.Equal(16, lines[^1].GetProperty("step").GetInt64());
        Each.Holds(lines, line => Assert.True(line.GetProperty("status").GetString() == "done", $"{line}\n{output}"));
        Assert.Equal(16, lines[^1].GetProperty("manifest").GetProperty("checkpoint").GetProperty("step").GetInt64());
        Assert.Contains("Evaluation of step 16 on discs (linear, quick): mIoU", output, StringComparison.Ordinal);
        var (status, table) = CaclProcess.Run("evaluations", "--run", watched);
        Assert.Equal(0, status);
        Assert.Contains("discs     linear, quick", table, StringComparison.Ordinal);
        ApprovedText.AssertSame("run-folder", RunFolderText.Of(watched));
        // A verb that reads the run opens no port and needs no token.
        (exit, output) = CaclProcess.Run(
            "explain", "--run", watched, "--step", "2", "--no-replay", "--out", runs.Folder("explained-watched"));
        Assert.True(exit == 0, output);
        (exit, output) = CaclProcess.Run("train", "--config", Path.Combine(watched, "config.resolved.conf"), "--run", watched, "--resume");
        Assert.True(exit == 1 && output.Contains("Set the environment variable CACL_HTTP_TOKEN", StringComparison.Ordinal), output);
        Assert.False(File.Exists(Path.Combine(watched, "node.json")));
        Assert.False(Directory.Exists(Path.Combine(watched, "evaluations", "pending")));
    }

    [Fact]
    public void An_evaluator_that_is_killed_is_recorded_as_failed_and_changes_none_of_the_trainings_bits()
    {
        LongTests.Only("Two trainings and an evaluator that is killed time and again");
        var run = runs.Folder("killing");
        using var process = CaclProcess.Start(
            runs.Train(run, [.. Endless, "--set", "cacl.evaluation.every-steps=8", "--set", "cacl.evaluation.attempts=1"]));
        process.Until(() =>
        {
            foreach (var child in Evaluators(run)) System.Diagnostics.Process.GetProcessById(child).Kill();
            return Evaluations(run) is [.., var last] && last.GetProperty("step").GetInt64() == 16;
        });
        Assert.Equal(0, process.WaitForExit());
        Each.Holds(
            Evaluations(run).Select(line => line.GetProperty("error").GetString()),
            error => Assert.Contains("killed by signal 9", error, StringComparison.Ordinal));
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
        Assert.Equal(Weights(runs.Undisturbed), Weights(run));
        Assert.Contains("Supervision: evaluator failed", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_run_was_evaluating_ends_with_it_and_is_made_by_its_resumption()
    {
        LongTests.Only("A training in two parts");
        var run = runs.Folder("resumed");
        using (var process = CaclProcess.Start(runs.Train(run, Endless)))
        {
            process.Until(() => Evaluators(run).Count > 0);
            process.Kill();
            process.WaitForExit();
        }

        Eventually.Holds(() => Evaluators(run).Count == 0, "the end of the evaluation, which outlived the run");
        Assert.Empty(Evaluations(run));
        var (exit, output) = CaclProcess.Run("trigger", "evaluate", "--run", run);
        Assert.True(exit == 1 && output.Contains("is not running any more", StringComparison.Ordinal), output);
        (exit, output) = CaclProcess.Run(runs.Train(run, [.. Short, "--resume"]));
        Assert.True(exit == 0, output);
        Assert.Equal("at-end", Assert.Single(Evaluations(run)).GetProperty("trigger").GetString());
    }

    [Fact]
    public void A_running_training_is_evaluated_on_demand_and_a_signal_ends_that_at_once()
    {
        LongTests.Only("A training and three commands");
        var run = runs.Folder("asked");
        using var process = CaclProcess.Start(runs.Train(
            run,
            [
                .. Endless, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set",
                "cacl.http.token=geheim", "--set", "cacl.logging.level=verbose"]));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        string[] token = ["--set", "cacl.http.token=geheim"];
        var (exit, output) = CaclProcess.Run(["trigger", "evaluate", "--run", run, "--dataset", "kitti", .. token]);
        Assert.True(exit == 1 && output.Contains("there is discs", StringComparison.Ordinal), output);
        (exit, output) = CaclProcess.Run(["trigger", "evaluate", "--run", run, "--set", "cacl.http.token=verraten"]);
        Assert.True(exit == 1 && output.Contains("CACL_HTTP_TOKEN", StringComparison.Ordinal), output);
        (exit, output) = CaclProcess.Run(["trigger", "evaluate", "--run", run, .. token]);
        Assert.True(exit == 0 && output.Contains("Queued: discs (linear, quick)", StringComparison.Ordinal), output);
        process.Until(() => Evaluators(run).Count > 0);
        process.Signal(Terminate);
        Assert.Equal(143, process.WaitForExit());
        Assert.Empty(Evaluators(run));
        // No log contains the right token or one that was tried, however much is logged.
        var written = Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) != ".safetensors")
            .Select(File.ReadAllText);
        Each.Holds([process.Output, .. written], text => Assert.DoesNotMatch("geheim|verraten", text));
    }

    [Fact]
    public void A_data_set_that_is_not_there_is_told_before_anything_is_done()
    {
        var run = runs.Folder("nowhere");
        var (exit, output) = CaclProcess.Run(runs.Train(run, "--set", "cacl.evaluation.datasets=folder:/no/such/place"));
        Assert.True(
            exit == 1 && output.Contains("cannot be evaluated on place (cacl.evaluation.datasets)", StringComparison.Ordinal), output);
        Assert.False(Directory.Exists(run));
    }

    private string[] Short
    {
        get
        {
            var data = runs.Folder("discs");
            if (!Directory.Exists(data)) LabelledPictures.Write(data);
            return
            [
                "--set", $"cacl.evaluation.datasets=folder:{data}", "--set", "cacl.evaluation.quick.image-size=32",
                "--set", "cacl.evaluation.quick.epochs=2",
            ];
        }
    }

    private string[] Endless => [.. Short, "--set", "cacl.evaluation.quick.epochs=100000"];

    private static string[] Weights(string run) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(run, "checkpoints", "step-00000016"), "*.safetensors").Order(StringComparer.Ordinal)
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
    ];

    private static List<JsonElement> Evaluations(string run)
    {
        var file = Path.Combine(run, "evaluations.jsonl");
        return File.Exists(file) ? [.. File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement)] : [];
    }

    /// <summary>Returns the process ids of a run's evaluations.</summary>
    private static List<int> Evaluators(string run)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)))
        {
            try
            {
                var words = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
                if (words.Contains("evaluate") && words.Contains("--checkpoint") && words.Any(
                    w => w.StartsWith(run + "/", StringComparison.Ordinal)))
                    found.Add(int.Parse(process!));
            }
            catch (IOException)
            {
                // The process has just ended.
            }
        }

        return found;
    }
}
