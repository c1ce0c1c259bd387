namespace CACL.Node.Tests.EndToEnd;

public sealed class TrainTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Fact]
    public void A_killed_run_goes_on_with_the_losses_of_one_that_was_not_killed()
    {
        var (whole, killed) = (runs.Folder("whole"), runs.Folder("killed"));
        AssertSuccess(CaclProcess.Run(runs.Train(whole)));
        using (var process = CaclProcess.Start(runs.Train(killed)))
        {
            process.Until(() => SmallRuns.Steps(killed) >= 8);
            process.Kill();
            process.WaitForExit();
        }

        AssertSuccess(CaclProcess.Run(runs.Train(killed, "--resume", "--set", "cacl.data.decoders=1")));
        Assert.Equal(16, SmallRuns.Losses(whole).Length);
        Assert.Equal(SmallRuns.Losses(whole), SmallRuns.Losses(killed));
        Assert.Equal(
            ["config.resolved.conf", "metrics.jsonl", "outcome.json", "quarantine.jsonl", "train.log"],
            Directory.EnumerateFiles(whole).Select(Path.GetFileName).Where(n => n![0] != '.').Order());
        Assert.Equal(
            ["state.json", "manifest.json"],
            Directory.EnumerateFiles(Path.Combine(whole, "checkpoints", "step-00000016"), "*.json").Select(Path.GetFileName).OrderDescending());
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public void A_signal_lets_the_step_finish_and_saves(int signal, int exitCode)
    {
        var run = runs.Folder($"signal-{signal}");
        using var process = CaclProcess.Start(runs.Train(run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        process.Signal(signal);
        Assert.Equal(exitCode, process.WaitForExit());
        Assert.Equal(SmallRuns.Steps(run), SavedStep(run));
    }

    [Fact]
    public void A_run_folder_that_exists_or_is_in_use_is_refused()
    {
        var run = runs.Folder("taken");
        using var process = CaclProcess.Start(runs.Train(run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000"));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        AssertRefused(CaclProcess.Run(runs.Train(run, "--resume")), run);
        process.Signal(Terminate);
        process.WaitForExit();
        AssertRefused(CaclProcess.Run(runs.Train(run)), "--resume");
    }

    [Fact]
    public void Changed_settings_are_refused_on_resume_and_shown()
    {
        var run = runs.Folder("changed");
        AssertSuccess(CaclProcess.Run(runs.Train(run, "--set", "cacl.training.max-steps=5")));
        AssertRefused(CaclProcess.Run(runs.Train(run, "--resume", "--set", "cacl.training.max-steps=5", "--set", "cacl.model.temperature=0.2")), "cacl.model.temperature", "0.07", "0.2");
        AssertRefused(CaclProcess.Run(runs.Train(run, "--resume", "--set", "cacl.training.max-steps=5", "--set", "cacl.model.queue-size=32")), "queue");
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_the_one_before_it_taken()
    {
        var run = runs.Folder("damaged");
        AssertSuccess(CaclProcess.Run(runs.Train(run)));
        var whole = SmallRuns.Losses(run);
        var file = Path.Combine(run, "checkpoints", "step-00000016", "query.safetensors");
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        var (exit, output) = CaclProcess.Run(runs.Train(run, "--resume"));
        Assert.True(exit == 0, output);
        Assert.Contains("step-00000016", output);
        Assert.Contains("step-00000015", output);
        Assert.Equal(whole, SmallRuns.Losses(run));
        foreach (var checkpoint in Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*")) File.Delete(Path.Combine(checkpoint, "manifest.json"));
        AssertRefused(CaclProcess.Run(runs.Train(run, "--resume")), "None of the checkpoints", "--overwrite");
        Assert.Equal(whole, SmallRuns.Losses(run));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_with_step_losses_and_videos()
    {
        var (good, run) = (runs.Folder("finite"), runs.Folder("not-finite"));
        AssertSuccess(CaclProcess.Run(runs.Train(good, "--set", "cacl.training.max-steps=1")));
        var weights = runs.Folder("infinite.safetensors");
        File.Copy(Path.Combine(good, "checkpoints", "step-00000001", "query.safetensors"), weights);
        using (var file = File.OpenWrite(weights))
        {
            file.Seek(-4, SeekOrigin.End);
            file.Write(BitConverter.GetBytes(float.PositiveInfinity));
        }

        AssertRefused(CaclProcess.Run(runs.Train(run, "--init-from", weights)), "is not finite (global NaN, pixel NaN, cycle NaN)", ".mp4");
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"));
    }

    [Fact]
    public void Broken_videos_among_good_ones_are_named_and_left_out()
    {
        var (videos, run) = (runs.Folder("mixed"), runs.Folder("mixed-run"));
        Assert.SkipUnless(Directory.Exists(runs.Clips), "ffmpeg is not installed.");
        Directory.CreateDirectory(videos);
        foreach (var clip in Directory.EnumerateFiles(runs.Clips)) File.Copy(clip, Path.Combine(videos, Path.GetFileName(clip)));
        File.WriteAllText(Path.Combine(videos, "text.mp4"), "not a video");
        var (exit, output) = CaclProcess.Run(runs.Train(
            run, "--set", $"cacl.data.videos=[\"{videos}\"]", "--set", $"cacl.data.catalog=\"{runs.Folder("mixed.sqlite")}\""));
        Assert.True(exit == 0, output);
        Assert.Contains("12 of 13", output);
        Assert.Contains("text.mp4", Assert.Single(File.ReadAllLines(Path.Combine(run, "quarantine.jsonl"))));
    }

    private static long SavedStep(string run) =>
        Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*").Select(d => long.Parse(Path.GetFileName(d).AsSpan(5))).Max();

    private static void AssertSuccess((int ExitCode, string Output) run) => Assert.True(run.ExitCode == 0, run.Output);

    private static void AssertRefused((int ExitCode, string Output) run, params string[] words)
    {
        Assert.True(run.ExitCode == 1, $"exit code {run.ExitCode}:\n{run.Output}");
        foreach (var word in words) Assert.True(run.Output.Contains(word, StringComparison.Ordinal), $"\"{word}\" is missing in:\n{run.Output}");
        Assert.DoesNotContain("   at CACL", run.Output);
    }
}
