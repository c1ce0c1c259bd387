using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests trainings that cannot run as requested.</summary>
public sealed class FaultyTrainTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Terminate = 15;

    [Fact]
    public void A_run_folder_that_exists_or_is_in_use_is_refused()
    {
        LongTests.Only("A training and two that are refused; RunFolderTests have it in every test run");
        var run = runs.Folder("taken");
        using var process = CaclProcess.Start(
            runs.Train(run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000"));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        CaclProcess.AssertRefused(CaclProcess.Run(runs.Train(run, "--resume")), run);
        process.Signal(Terminate);
        process.WaitForExit();
        CaclProcess.AssertRefused(CaclProcess.Run(runs.Train(run)), "--resume");
    }

    [Fact]
    public void Changed_settings_are_refused_on_resume_and_shown()
    {
        var run = runs.LinkedCopyOfUndisturbed("changed");
        CaclProcess.AssertRefused(
            CaclProcess.Run(runs.Train(run, "--resume", "--set", "cacl.model.temperature=0.2")), "cacl.model.temperature", "0.07", "0.2");
        CaclProcess.AssertRefused(CaclProcess.Run(runs.Train(run, "--resume", "--set", "cacl.model.queue-size=32")), "queue");
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_with_step_losses_and_videos()
    {
        var (run, weights) = (runs.Folder("not-finite"), runs.Folder("infinite.safetensors"));
        File.Copy(Path.Combine(runs.Undisturbed, "checkpoints", "step-00000016", "query.safetensors"), weights);
        using (var file = File.OpenWrite(weights))
        {
            file.Seek(-4, SeekOrigin.End);
            file.Write(BitConverter.GetBytes(float.PositiveInfinity));
        }

        CaclProcess.AssertRefused(
            CaclProcess.Run(runs.Train(run, "--init-from", weights)), "is not finite (global NaN, pixel NaN, cycle NaN)", ".mp4");
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"));
    }

    [Fact]
    public void Broken_videos_among_good_ones_are_named_and_left_out()
    {
        LongTests.Only("A training; BadMediaTests has such a video in every test run");
        var (videos, run) = (runs.Folder("mixed"), runs.Folder("mixed-run"));
        MadeClips.Require();
        Directory.CreateDirectory(videos);
        foreach (var clip in Directory.EnumerateFiles(runs.Clips)) File.Copy(clip, Path.Combine(videos, Path.GetFileName(clip)));
        File.WriteAllText(Path.Combine(videos, "text.mp4"), "not a video");
        var (exit, output) = CaclProcess.Run(runs.Train(
            run, "--set", $"cacl.data.videos=[\"{videos}\"]", "--set", $"cacl.data.catalog=\"{runs.Folder("mixed.sqlite")}\"", "--set",
            "cacl.training.max-steps=1"));
        Assert.True(exit == 0, output);
        Assert.Contains("12 of 13", output);
        Assert.Contains("text.mp4", Assert.Single(File.ReadAllLines(Path.Combine(run, "quarantine.jsonl"))));
    }
}
