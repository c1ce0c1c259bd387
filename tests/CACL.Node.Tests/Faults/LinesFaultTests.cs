using System.Net;
using System.Text;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.Faults;

/// <summary>Lets real writes of a training's lines fail: of its figures, its changes and its evaluations.</summary>
public sealed class LinesFaultTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Fact]
    public void A_disk_that_refuses_lines_for_a_while_costs_no_figure_and_no_evaluation_and_a_change_is_refused()
    {
        LongTests.Only("A training with an evaluation");
        Strace.Require();
        var (run, pictures) = (runs.Folder("refused-lines"), runs.Folder("pictures"));
        LabelledPictures.Write(pictures);
        var (metrics, control, evaluations) = (
            Path.Combine(run, RunFiles.Metrics), Path.Combine(run, RunFiles.Control), Path.Combine(run, RunFiles.Evaluations));
        // Each file has a thread of its own, whose first write fails. The only evaluation is the one at the end: no other follows with
        // which its line could be written.
        using var process = Strace.Start(
            $"{run}.strace",
            ["-P", metrics, "-P", control, "-P", evaluations, "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO:when=1"],
            runs.Train(
                run, "--set", $"cacl.evaluation.datasets=folder:{pictures}", "--set", "cacl.evaluation.quick.image-size=32", "--set",
                "cacl.evaluation.quick.epochs=2"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        var (status, answer) = Change(run);
        Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);

        Assert.Contains($"cannot write {metrics}: Input/output error", process.Output, StringComparison.Ordinal);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("Nothing was changed", answer, StringComparison.Ordinal);
        Assert.Contains("cannot write control.jsonl: Input/output error", process.Output, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(control));

        Assert.Contains($"cannot write {evaluations}: Input/output error", process.Output, StringComparison.Ordinal);
        Assert.StartsWith("step=16 ", Assert.Single(RunTrace.EvaluationsOf(run)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(run, "evaluations", "pending")));
    }

    private static (HttpStatusCode Status, string Answer) Change(string run)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(NodeFile.Read(run)!.Address, "/api/settings"));
        request.Content = new StringContent("{\"learning_rate_factor\":0.5}", Encoding.UTF8, "application/json");
        using var response = http.Send(request, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(response.Content.ReadAsStream(TestContext.Current.CancellationToken));
        return (response.StatusCode, reader.ReadToEnd());
    }
}
