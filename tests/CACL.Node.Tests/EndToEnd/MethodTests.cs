using System.Text.Json;
using CACL.Learning.Weights;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Each of CACL's rivals through the whole program.</summary>
public sealed class MethodTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    /// <summary>
    /// The rivals' words. What each has between two steps is saved and loaded in every test run by MethodContract, and a killed program
    /// goes on in TrainTests.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string>> Rivals => KnownMethods.All.Where(method => method != KnownMethods.Cacl).Select(
        method => new TheoryDataRow<string>(method.Word)
        {
            Skip = LongTests.WhyNot("three trainings of every method"),
        });

    [Theory]
    [MemberData(nameof(Rivals))]
    public void A_killed_run_goes_on_with_the_figures_of_one_that_was_not_killed(string word)
    {
        var (whole, killed) = (runs.Folder($"{word}-whole"), runs.Folder($"{word}-killed"));
        CaclProcess.AssertSuccess(CaclProcess.Run(Train(whole, word)));
        using (var process = CaclProcess.Start(Train(killed, word)))
        {
            process.Until(() => SmallRuns.Steps(killed) >= 5);
            process.Kill();
            process.WaitForExit();
        }

        CaclProcess.AssertSuccess(CaclProcess.Run(Train(killed, word, "--resume", "--set", "cacl.data.decoders=1")));
        var expected = Figures(whole, word);
        Assert.Equal(8, expected.Length);
        Assert.Equal(8, expected.Distinct().Count());
        Assert.Equal(expected, Figures(killed, word));
        var (last, method) = (Path.Combine("checkpoints", "step-00000008"), KnownMethods.All.Single(m => m.Word == word));
        Assert.Equal(word, CheckpointStore.LoadState(Path.Combine(killed, last)).Architecture.Method);
        Each.Holds(method.Defaults.Describe().CheckpointFiles, file => Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, last, file.Name)), File.ReadAllBytes(Path.Combine(killed, last, file.Name))));
    }

    private string[] Train(string run, string word, params string[] more) => runs.Train(
        run,
        [
            "--set", $"cacl.method={word}", "--set", "cacl.training.max-steps=8", "--set", "cacl.checkpoints.every-steps=2",
            // Narrow heads, and a rate with which eight small steps change something.
            "--set", "cacl.model.projector-hidden=32", "--set", "cacl.training.scale-learning-rate=false",
            "--set", "cacl.training.warmup-epochs=0", .. more,
        ]);

    // Of each step, its number, its losses and whatever else the method reports, as text.
    private static string[] Figures(string run, string word)
    {
        var metrics = KnownMethods.All.Single(method => method.Word == word).Defaults.Describe().Metrics.Select(metric => metric.Name);
        string[] keys = ["step", "loss", "lr", .. metrics];
        return
        [
            .. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line => string.Join(' ', keys.Select(key => line.GetProperty(key).GetRawText()))),
        ];
    }
}
