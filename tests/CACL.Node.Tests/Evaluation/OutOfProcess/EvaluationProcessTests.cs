using System.Diagnostics;
using CACL.Data.DataSets;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Evaluations;
using CACL.Testing;

namespace CACL.Node.Tests.Evaluation.OutOfProcess;

/// <summary>Tests the engine with a shell script in place of the program.</summary>
public sealed class EvaluationProcessTests : IDisposable
{
    private const string Result = """{"miou":0.25,"macc":null,"aacc":0.5,"manifest":{}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_line_is_the_result_and_the_command_line_says_what_to_measure()
    {
        var result = await EvaluateAsync($"echo progress; echo \"$@\"; echo noise >&2; echo '{Result}'");
        Assert.Equal(0.25, (double)result["miou"]!);
        var said = File.ReadAllText(_folder.File("evaluations", "step-00000400-cam-limited-0.05", "evaluate.log"));
        Assert.Contains(
            "evaluate --checkpoint /c --dataset folder --data /d --test-split test --protocol limited --fraction 0.05 --variant quick "
                + "--config /run.conf --set cacl.evaluation.threads=1 --set cacl.http.enabled=false --out "
                + $"{_folder.File("evaluations", "step-00000400-cam-limited-0.05")} --json",
            said, StringComparison.Ordinal);
        Assert.Contains("noise", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_of_the_run_are_not_overruled_by_the_environment()
    {
        Environment.SetEnvironmentVariable("CACL_HTTP_TOKEN", "secret");
        try
        {
            await EvaluateAsync($"env; echo '{Result}'");
            var said = File.ReadAllText(_folder.File("evaluations", "step-00000400-cam-limited-0.05", "evaluate.log"));
            Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
            Assert.Contains(ParentWatch.Variable + "=1", said, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CACL_HTTP_TOKEN", null);
        }
    }

    [Fact]
    public async Task It_steps_back_behind_the_training()
    {
        await EvaluateAsync($"sleep 0.3; cat /proc/$$/oom_score_adj; cut -d ' ' -f 19 /proc/$$/stat; echo '{Result}'");
        var said = File.ReadAllLines(_folder.File("evaluations", "step-00000400-cam-limited-0.05", "evaluate.log"));
        Assert.Equal("500", said[0]);
        Assert.True(int.Parse(said[1]) > 0, $"nice {said[1]}");
    }

    [Theory]
    [InlineData("echo 'The data set is empty.' >&2; exit 1", "exit code 1: The data set is empty.")]
    [InlineData("exit 3", "exit code 3 and without a word")]
    [InlineData("kill -9 $$", "it was killed by signal 9 (SIGKILL); the machine may have run out of memory")]
    [InlineData("echo nonsense", "is not a result")]
    [InlineData("echo '{\"miou\":1,\"miou\":2}'", "is not a result")]
    [InlineData("true", "is not a result")]
    [InlineData("head -c 50000000 /dev/zero | tr '\\0' x; exit 4", "exit code 4")]
    public async Task What_goes_wrong_is_told(string script, string words) =>
        Assert.Contains(
            words, (await Assert.ThrowsAsync<EvaluationFailedException>(() => EvaluateAsync(script))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_that_is_cancelled_is_ended_with_everything_it_started()
    {
        using var cancel = new CancellationTokenSource();
        var pid = _folder.File("pid");
        var running = EvaluateUntilAsync($"sleep 60 & echo $! > {pid}.tmp; mv {pid}.tmp {pid}; wait", cancel.Token);
        Eventually.Holds(() => File.Exists(pid));
        var child = int.Parse(File.ReadAllText(pid));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => running.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken));
        Eventually.Holds(() => !Runs(child));
    }

    [Fact]
    public void A_program_that_was_asked_to_ends_with_its_parent()
    {
        MadeClips.Require();
        var program = OwnProgram.Find();
        // The script has far more clips than it can make: only the watch can end it.
        var start = new ProcessStartInfo(
            program.FileName)
        { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        string[] making = ["videos", "make", _folder.File("clips"), "--count", "100000"];
        foreach (var argument in program.Arguments.Concat(making)) start.ArgumentList.Add(argument);
        start.Environment[ParentWatch.Variable] = "1";
        using var child = Process.Start(start)!;
        Eventually.Holds(() => File.Exists(_folder.File("clips", "videos", "clip-0000.mp4")));
        Assert.False(child.HasExited);
        child.StandardInput.Close();
        Assert.True(child.WaitForExit(Eventually.Patience), "It outlived its parent.");
        Assert.Equal(128 + 9, child.ExitCode);
    }

    private Task<System.Text.Json.Nodes.JsonObject> EvaluateAsync(string script) =>
        EvaluateUntilAsync(script, TestContext.Current.CancellationToken);

    private Task<System.Text.Json.Nodes.JsonObject> EvaluateUntilAsync(string script, CancellationToken cancel)
    {
        var file = _folder.File("evaluate.sh");
        File.WriteAllText(file, script + "\n");
        var engine = new EvaluationProcess(
            new OwnProgram("/bin/sh", [file]),
            [new EvaluatedDataSet("cam", DataSetKind.Folder, "/d") { TestSplit = "test" }],
            "/run.conf",
            _folder.File("evaluations"),
            threads: 1);
        return engine.EvaluateAsync(
            new EvaluationRequest(new EvaluationTarget("cam", "limited", "quick", 0.05), 400, EvaluationTrigger.AtEnd, "/c"), cancel);
    }

    // A zombie process is no longer running.
    private static bool Runs(int process)
    {
        var status = $"/proc/{process}/status";
        return File.Exists(status) && !File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal);
    }
}
