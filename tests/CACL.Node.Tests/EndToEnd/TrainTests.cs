using System.Text.Json.Nodes;
using CACL.Learning.Weights;
using CACL.Node.Doctor;
using CACL.Node.Tests.Faults;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

public sealed class TrainTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Killed = 128 + 9;

    [Fact]
    public void A_run_that_is_killed_three_times_computes_what_it_would_have_computed()
    {
        var (whole, killed) = (runs.Undisturbed, runs.Folder("killed"));
        int[] kills = [3, 8, 13]; // before the first checkpoint, between two, and before the last
        for (var start = 0; start < kills.Length; start++)
        {
            using var process = CaclProcess.Start(Train(start));
            process.Until(() => SmallRuns.Steps(killed) >= kills[start]);
            process.Kill();
            Assert.Equal(Killed, process.WaitForExit());
            KilledRun.AssertLittleIsLost(killed, interval: 5);
        }

        CaclProcess.AssertSuccess(CaclProcess.Run(Train(kills.Length)));
        Assert.Equal(16, SmallRuns.Losses(whole).Length);
        int[] explained = [1, 8, 16];
        RunTrace.Of(whole, 16, explained).AssertSame(RunTrace.Of(killed, 16, explained, replayed: 16), "killed three times");
        Assert.Equal(
            ["config.resolved.conf", "metrics.jsonl", "outcome.json", "quarantine.jsonl", "run.json", "train.log", "videos.json"],
            Directory.EnumerateFiles(whole).Select(Path.GetFileName).Where(n => n![0] != '.').Order());
        Assert.Equal(
            ["state.json", "manifest.json"],
            Directory.EnumerateFiles(Path.Combine(whole, "checkpoints", "step-00000016"), "*.json")
                .Select(Path.GetFileName)
                .OrderDescending());

        // How many decoders there are makes no difference.
        string[] Train(int start) => runs.Train(killed, start == 0 ? [] : ["--resume", "--set", $"cacl.data.decoders={start}"]);
    }

    [Theory]
    [InlineData("cacl.data.decoder=isolated")]
    [InlineData("cacl.data.decoder=in-process")]
    [InlineData("cacl.data.decoders=5")]
    [InlineData("cacl.data.in-flight-memory=1MiB")]
    [InlineData("cacl.data.ahead.epochs=1")]
    [InlineData("cacl.data.prefetch-batches=4")]
    public void What_decodes_and_how_much_at_once_changes_no_bit_of_the_losses(string setting)
    {
        LongTests.Only("A training for each decoder");
        var run = runs.Folder($"decoded-{setting.GetHashCode(StringComparison.Ordinal)}");
        CaclProcess.AssertSuccess(CaclProcess.Run(runs.Train(run, "--set", setting)));
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
    }

    [Fact]
    public void Threads_and_what_libtorch_uses_of_the_processor_change_no_sample()
    {
        LongTests.Only("Four programs that make a batch again");
        var samples = Samples([]);
        Assert.Contains("sha256", samples, StringComparison.Ordinal);
        Assert.Equal(samples, Samples([], "--set", "cacl.training.threads=2"));
        Assert.Equal(samples, Samples(new() { ["ONEDNN_MAX_CPU_ISA"] = "AVX2", ["ATEN_CPU_CAPABILITY"] = "avx2" }));
        Assert.Equal(samples, Samples(new() { ["ONEDNN_MAX_CPU_ISA"] = "SSE41", ["ATEN_CPU_CAPABILITY"] = "default" }));

        // The samples of a step, and the SHA-256 of all their pixels.
        string Samples(Dictionary<string, string> environment, params string[] more)
        {
            using var process = CaclProcess.StartWith(
                environment, ["explain", "--run", runs.Undisturbed, "--step", "2", "--no-replay", "--json", .. more]);
            Assert.True(process.WaitForExit() == 0, process.Output);
            var explained = JsonNode.Parse(string.Join('\n', process.StandardOutput))!;
            return $"sha256 {(string)explained["sha256"]!} {explained["samples"]!.ToJsonString()}";
        }
    }

    [Fact]
    public void Each_start_is_in_run_json_with_what_it_computes_on()
    {
        var run = runs.LinkedCopyOfUndisturbed("started-twice");
        var first = RunFacts.Read(run)!;
        var start = Assert.Single(first.Starts);
        Assert.Equal((1, 1, "cpu", "cpu", "fp32", 2), (
            start.FirstStep, start.Threads, start.DeviceSetting, start.Device, start.Precision, start.Decoders));
        Assert.Equal(SystemChecks.Processor().Text.Split(", ")[1], start.DeviceName);
        Assert.Equal(CheckpointStore.LoadState(Path.Combine(run, "checkpoints", "step-00000016")).Settings["the videos"], first.Videos);
        CaclProcess.AssertSuccess(CaclProcess.Run(runs.Train(
            run, "--resume", "--set", "cacl.training.threads=2", "--set", "cacl.data.decoder=isolated", "--set", "cacl.data.decoders=0")));
        var both = RunFacts.Read(run)!;
        Assert.Equal((first.Videos, 2), (both.Videos, both.Starts.Count));
        Assert.Equal(start, both.Starts[0]);
        var second = both.Starts[1];
        Assert.Equal((17, 2, "isolated"), (second.FirstStep, second.Threads, second.Decoder));
        Assert.Equal(
            (false, true, Math.Max(1, Environment.ProcessorCount / 2)), (start.DecodersChosen, second.DecodersChosen, second.Decoders));
        Assert.True(start.Time < second.Time);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public void A_signal_lets_the_step_finish_and_saves(int signal, int exitCode)
    {
        if (signal == Interrupt) LongTests.Only("The same with the other signal");
        var run = runs.Folder($"signal-{signal}");
        using var process = CaclProcess.Start(
            runs.Train(run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        process.Signal(signal);
        Assert.Equal(exitCode, process.WaitForExit());
        Assert.Equal(SmallRuns.Steps(run), SavedStep(run));
    }

    [Fact]
    public void A_second_signal_ends_the_program_with_its_exit_code_while_a_step_is_computed()
    {
        var run = runs.Folder("signalled-twice");
        // A step of this size takes so long that the second signal comes in the middle of it.
        using var process = CaclProcess.Start(runs.Train(
            run, "--set", "cacl.data.crop-size=112", "--set", "cacl.training.batch-size=8", "--set", "cacl.training.threads=2"));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        process.Signal(Terminate);
        process.Until(() => process.Output.Contains("Once more ends it at once", StringComparison.Ordinal));
        process.Signal(Terminate);
        Assert.Equal(143, process.WaitForExit());
        Assert.EndsWith("SIGTERM: the program ends at once.\"}", File.ReadLines(Path.Combine(run, "train.log")).Last());
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"));
    }

    [Fact]
    public void A_step_that_takes_longer_than_the_watchdog_waits_ends_the_run_with_its_exit_code()
    {
        var run = runs.Folder("stalled");
        // The training builds its state or computes a step by then: its thread is in libtorch, and nobody waits for it.
        var ended = CaclProcess.Run(runs.Train(
            run, "--set", "cacl.data.crop-size=256", "--set", "cacl.training.batch-size=24", "--set", "cacl.training.threads=2",
            "--set", "cacl.training.watchdog=1s"));
        CaclProcess.AssertRefused(ended, "No step was finished for 1 s, the limit of cacl.training.watchdog");
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_the_one_before_it_taken()
    {
        LongTests.Only("Two trainings; PipesTests passes one over in every test run");
        var run = runs.CopyOfUndisturbed("damaged");
        var whole = SmallRuns.Losses(run);
        var file = Path.Combine(run, "checkpoints", "step-00000016", "query.safetensors");
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        var (exit, output) = CaclProcess.Run(runs.Train(run, "--resume"));
        Assert.True(exit == 0, output);
        Assert.Contains("step-00000016", output);
        Assert.Contains("step-00000015", output);
        Assert.Equal(whole, SmallRuns.Losses(run));
        foreach (var checkpoint in Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"))
            File.Delete(Path.Combine(checkpoint, "manifest.json"));
        CaclProcess.AssertRefused(CaclProcess.Run(runs.Train(run, "--resume")), "None of the checkpoints", "--overwrite");
        Assert.Equal(whole, SmallRuns.Losses(run));
    }

    private static long SavedStep(string run) =>
        Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*")
            .Select(d => long.Parse(Path.GetFileName(d).AsSpan(5)))
            .Max();
}
