using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests <c>cacl explain</c> as a process of its own, during a training and after it.</summary>
public sealed class ExplainProcessTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Terminate = 15;

    [Fact]
    public void A_step_is_computed_with_as_many_threads_as_run_json_says_and_in_an_older_folder_as_the_log_says()
    {
        var run = runs.LinkedCopyOfUndisturbed("threads");
        File.AppendAllText(Path.Combine(run, "config.resolved.conf"), "\ncacl.training.threads = 0\n");
        File.AppendAllText(Path.Combine(run, "train.log"), "{\"@mt\":\"libtorch\",\"Threads\":3}\n");
        var output = Explain();
        Assert.Contains("on cpu with 1 thread;", output, StringComparison.Ordinal);
        Assert.Contains("Reproduced to the bit", output, StringComparison.Ordinal);
        File.Delete(Path.Combine(run, "run.json"));
        Assert.Contains("on cpu with 3 threads", Explain(), StringComparison.Ordinal);

        string Explain()
        {
            var (exit, told) = CaclProcess.Run("explain", "--run", run, "--step", "16");
            Assert.True(exit == 0, told);
            return told;
        }
    }

    [Fact]
    public void A_step_is_explained_while_the_run_goes_on_and_reproduced_to_the_bit_after_it_was_resumed()
    {
        LongTests.Only("A training in two parts and two explanations, in processes of their own");
        var run = runs.Folder("explained");
        using (var process = CaclProcess.Start(runs.Train(run)))
        {
            process.Until(() => SmallRuns.Steps(run) >= 2);
            var (status, beside) = CaclProcess.Run("explain", "--run", run, "--step", "1", "--no-replay");
            Assert.True(status == 0 && beside.Contains("Recorded: loss ", StringComparison.Ordinal), beside);
            process.Signal(Terminate);
            process.WaitForExit();
        }

        var (exit, output) = CaclProcess.Run(runs.Train(run, "--resume"));
        Assert.True(exit == 0, output);
        (exit, output) = CaclProcess.Run("explain", "--run", run, "--step", "16", "--out", runs.Folder("sheets"));
        Assert.True(exit == 0, output);
        Assert.Contains("Reproduced to the bit", output, StringComparison.Ordinal);
        using var sheet = SKBitmap.Decode(Path.Combine(runs.Folder("sheets"), "step-00000016.png"));
        Assert.True(sheet.Height > 4 * 128, $"{sheet.Width}x{sheet.Height}");
    }
}
