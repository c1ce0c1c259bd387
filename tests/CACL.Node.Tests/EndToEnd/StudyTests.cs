using System.Text.Json.Nodes;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests a study of real trainings and evaluations, as small as possible.</summary>
public sealed class StudyTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Fact]
    public void A_study_killed_in_the_middle_goes_on_and_finds_what_one_that_was_not_killed_finds()
    {
        LongTests.Only("Four trainings and seven evaluations, one after another");
        var (whole, killed) = (runs.Folder("study-whole"), runs.Folder("study-killed"));
        var (exit, output) = CaclProcess.Run(Study(whole));
        Assert.True(exit == 0, output);
        Assert.Equal(3, Results(whole).Count);

        // The study is killed once while it trains, and once when the first evaluation after that training is there.
        using (var process = CaclProcess.Start(Study(killed)))
        {
            process.Until(() => SmallRuns.Steps(Path.Combine(killed, "runs", "cacl-seed3")) >= 1);
            process.Kill();
            process.WaitForExit();
        }

        using (var process = CaclProcess.Start(Study(killed)))
        {
            process.Until(() => Results(killed).Count >= 2);
            process.Kill();
            process.WaitForExit();
        }

        var before = Results(killed).Keys.ToDictionary(f => f, f => File.GetLastWriteTimeUtc(Path.Combine(killed, "evaluations", f)));
        var trained = File.GetLastWriteTimeUtc(Path.Combine(killed, "finished", "cacl-seed3.json"));
        (exit, output) = CaclProcess.Run(Study(killed));
        Assert.True(exit == 0, output);
        Assert.Equal(Results(whole), Results(killed));
        Assert.Equal(
            SmallRuns.Losses(Path.Combine(whole, "runs", "cacl-seed3")), SmallRuns.Losses(Path.Combine(killed, "runs", "cacl-seed3")));
        Assert.Equal(before, before.Keys.ToDictionary(f => f, f => File.GetLastWriteTimeUtc(Path.Combine(killed, "evaluations", f))));
        Assert.Equal(trained, File.GetLastWriteTimeUtc(Path.Combine(killed, "finished", "cacl-seed3.json")));
    }

    [Fact]
    public void Interrupted_it_lets_the_training_save_itself_and_says_how_to_go_on()
    {
        var study = runs.Folder("study-interrupted");
        using var process = CaclProcess.Start([
            .. Study(study), "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set",
            "study.evaluate-every-steps=0"]);
        var run = Path.Combine(study, "runs", "cacl-seed3");
        process.Until(() => SmallRuns.Steps(run) >= 2);
        process.Signal(2);
        Assert.Equal(130, process.WaitForExit());
        Assert.Contains("continue with the same command: cacl study", process.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "checkpoints", $"step-{SmallRuns.Steps(run):D8}", "manifest.json")), process.Output);
    }

    private string[] Study(string folder)
    {
        var data = runs.Folder("study-data");
        LabelledPictures.Write(data);
        var settings = runs.Train("unused")[2];
        var file = runs.Folder("study.conf");
        File.WriteAllText(
            file,
            $$"""
            study {
              seeds = [3]
              evaluate-every-steps = 3
              datasets = [{ name = pictures, kind = folder, data = "{{data}}", variant = quick }]
              rows = [
                { name = untrained, random = true }
                { name = CACL, preset = "{{settings}}" }
              ]
            }
            cacl {
              training.max-steps = 6
              evaluation { device = cpu, threads = 1, quick { epochs = 2, image-size = 32 } }
            }
            """);
        return ["study", file, "--out", folder];
    }

    // Returns metrics, manifest and checkpoint of each finished evaluation; its duration and its folder differ.
    private static Dictionary<string, string> Results(string study)
    {
        var folder = Path.Combine(study, "evaluations");
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "result.json", SearchOption.AllDirectories)
            .Where(f => !f.Contains(".partial-", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetRelativePath(folder, f), f =>
            {
                var result = JsonNode.Parse(File.ReadAllText(f))!.AsObject();
                result.Remove("seconds");
                result["manifest"]!["checkpoint"]!.AsObject().Remove("source");
                return result.ToJsonString();
            });
    }
}
