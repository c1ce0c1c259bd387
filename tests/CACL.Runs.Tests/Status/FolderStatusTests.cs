using CACL.Runs.Folder;
using CACL.Runs.Status;
using CACL.Testing;

namespace CACL.Runs.Tests.Status;

public sealed class FolderStatusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Run => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_run_is_told()
    {
        Assert.Contains(
            "There is no run folder", Assert.Throws<RunFolderException>(() => FolderStatus.Of(Run)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "holds no run", Assert.Throws<RunFolderException>(() => FolderStatus.Of(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_files_tell_how_far_a_run_came_and_how_it_ended()
    {
        using (var folder = RunFolder.Open(Run, RunStart.New))
        {
            folder.Begin("", 0);
            File.WriteAllText(folder.Metrics,
                "{\"step\":1,\"epoch\":0.5,\"loss\":2}\n{\"step\":2,\"epoch\":1,\"loss\":1.5,\"loss_b\":0.5,\"loss_a\":1,\"top1_b\":0.25,\"lr\":0.1}\n{\"st");
            File.WriteAllText(
                folder.Evaluations,
                "{\"step\":1,\"dataset\":\"a\",\"miou\":0.1}\n{\"step\":2,\"dataset\":\"a\",\"miou\":0.2}\n{\"step\":2,\"dataset\":\"b\",\"miou\":0.3,"
                    + "\"intervals\":{\"miou\":[0.25,0.5],\"iou\":[[0,1]]}}\n");
            Directory.CreateDirectory(Path.Combine(folder.Checkpoints, "step-00000002"));
            Directory.CreateSymbolicLink(Path.Combine(folder.Checkpoints, "latest"), "step-00000002");
            Assert.Contains("does not answer", (string?)FolderStatus.Of(Run)["verdict"], StringComparison.Ordinal);
        }

        var status = FolderStatus.Of(Run);
        Assert.Equal(
            ("not_running", 2L, 1.5, 2L),
            ((string?)status["state"], (long?)status["step"], (double?)status["last"]!["loss"], (long?)status["checkpoint"]!["step"]));
        Assert.Contains("killed", (string?)status["verdict"], StringComparison.Ordinal);
        Assert.Equal([0.2, 0.3], status["evaluations"]!.AsArray().Select(e => (double)e!["miou"]!));
        Assert.Equal([null, "[0.25,0.5]"], status["evaluations"]!.AsArray().Select(e => e!["miou_interval"]?.ToJsonString()));
        new OutcomeFile("completed", 2, 2, "All steps are done.", DateTimeOffset.Now).Write(Run);
        status = FolderStatus.Of(Run);
        Assert.Equal(
            ("ended", 2L, "All steps are done."), ((string?)status["state"], (long?)status["total_steps"], (string?)status["verdict"]));

        Assert.Null(status["checkpoint_fault"]);
        File.Delete(Path.Combine(Run, "checkpoints", "latest"));
        status = FolderStatus.Of(Run);
        Assert.Equal(2L, (long?)status["checkpoint"]!["step"]);
        Assert.Matches(
            "The link .*latest.* is missing. The newest checkpoint there, step-00000002, is taken instead.",
            (string?)status["checkpoint_fault"]);

        using (var again = RunFolder.Open(Run, RunStart.Resume)) again.Begin("", 1);
        Assert.Null(OutcomeFile.Read(Run));
    }

    [Fact]
    public void The_journal_of_changes_outlives_a_resumption_and_goes_with_an_overwritten_run()
    {
        var journal = Path.Combine(Run, "control.jsonl");
        using (var folder = RunFolder.Open(Run, RunStart.New)) folder.Begin("", 0);
        File.WriteAllText(journal, "{\"step\":7}\n");
        using (var folder = RunFolder.Open(Run, RunStart.Resume)) folder.Begin("", 1);
        Assert.Equal("{\"step\":7}\n", File.ReadAllText(journal));
        using (RunFolder.Open(Run, RunStart.Overwrite)) Assert.False(File.Exists(journal));
    }
}
