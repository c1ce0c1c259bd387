using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Resumes what earlier versions wrote, with tensors of a real training: a checkpoint and a run folder of this version are rewritten as the
/// earlier one would have written them (tests/CACL.Node.Tests/OldRuns has the originals, without their tensors).
/// </summary>
public sealed class OldFormatsTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Theory]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-26")]
    public void A_run_of_an_older_format_goes_on_with_the_losses_of_one_that_was_never_stopped(string format)
    {
        if (format != "2026-11-23") LongTests.Only("The same with a later format");
        var run = runs.CopyOfUndisturbed($"old-{format}");
        var checkpoints = Path.Combine(run, "checkpoints");
        foreach (var later in Directory.EnumerateFileSystemEntries(checkpoints).Where(entry => !entry.EndsWith("step-00000010")).ToList())
        {
            if (Directory.Exists(later) && new DirectoryInfo(later).LinkTarget is null) Directory.Delete(later, recursive: true);
            else File.Delete(later);
        }

        Rewrite(Path.Combine(checkpoints, "step-00000010"), format);
        File.Delete(Path.Combine(run, "outcome.json"));
        if (format == "2026-11-23")
        {
            File.Delete(Path.Combine(run, "run.json"));
            File.Delete(Path.Combine(run, "videos.json"));
        }

        var (exit, output) = CaclProcess.Run(runs.Train(run, "--resume"));
        Assert.True(exit == 0, output);
        Assert.Contains("step 10", output, StringComparison.Ordinal);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
    }

    [Fact]
    public void What_a_newer_version_wrote_is_not_resumed_and_stays_as_it_is()
    {
        var run = runs.LinkedCopyOfUndisturbed("newer");
        var (facts, figures) = (Path.Combine(run, "run.json"), File.ReadAllText(Path.Combine(run, "metrics.jsonl")));
        var former = File.ReadAllText(facts);
        Replace(facts, former.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        CaclProcess.AssertRefused(
            CaclProcess.Run(runs.Train(run, "--resume")), "a newer version of this program wrote this run folder",
            "Use the version that wrote it");
        Assert.Contains("\"format\": 2", File.ReadAllText(facts), StringComparison.Ordinal);
        Replace(facts, former);
        foreach (var checkpoint in Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"))
        {
            var manifest = Path.Combine(checkpoint, "manifest.json");
            Replace(manifest, File.ReadAllText(manifest).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        }

        CaclProcess.AssertRefused(
            CaclProcess.Run(runs.Train(run, "--resume")), "has format 2; this program reads format 1", "Nothing was changed");
        Assert.Equal(figures, File.ReadAllText(Path.Combine(run, "metrics.jsonl")));

        // The other copy's file is the same one.
        static void Replace(string file, string text)
        {
            Assert.Contains("\"format\"", text, StringComparison.Ordinal);
            File.Delete(file);
            File.WriteAllText(file, text);
        }
    }

    private static void Rewrite(string checkpoint, string format)
    {
        var file = Path.Combine(checkpoint, "state.json");
        var state = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        var settings = state["settings"]!.AsObject();
        // No format but today's has them. Keys that came later are named only where they differ from what was before them.
        Assert.True(settings.Remove("cacl.training.precision"));
        Assert.True(state["architecture"]!.AsObject().Remove("method"));
        if (format == "2026-11-23")
        {
            Assert.True(state.Remove("files"));
            Assert.True(state["architecture"]!.AsObject().Remove("padding"));
        }

        File.WriteAllText(file, state.ToJsonString(new() { WriteIndented = true }));
        var manifestFile = Path.Combine(checkpoint, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(manifestFile))!;
        var entry = manifest["files"]!.AsArray().Single(listed => (string)listed!["name"]! == "state.json")!;
        entry["bytes"] = new FileInfo(file).Length;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        File.WriteAllText(manifestFile, manifest.ToJsonString(new() { WriteIndented = true }));
    }
}
