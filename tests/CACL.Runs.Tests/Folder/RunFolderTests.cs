using System.Diagnostics;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Runs.Tests.Folder;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Run => _folder.File("runs", "one");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_folder_is_made_with_its_parents()
    {
        using var run = RunFolder.Open(Run, RunStart.New);
        Assert.True(Directory.Exists(run.Checkpoints));
        Assert.Equal(Path.Combine(Run, "config.resolved.conf"), run.ResolvedConfiguration);
        Assert.Equal(Path.Combine(Run, "train.log"), run.Log);
        Assert.Equal(Path.Combine(Run, "metrics.jsonl"), run.Metrics);
        Assert.Equal(Path.Combine(Run, "quarantine.jsonl"), run.Quarantine);
    }

    [Fact]
    public void A_folder_with_a_run_is_refused_unless_it_is_resumed_or_overwritten()
    {
        MakeRun();
        Assert.Contains("--resume", Refused(RunStart.New), StringComparison.Ordinal);
        using (RunFolder.Open(Run, RunStart.Resume)) Assert.True(File.Exists(Path.Combine(Run, "metrics.jsonl")));
        using (var run = RunFolder.Open(Run, RunStart.Overwrite))
        {
            Assert.False(File.Exists(run.Metrics));
            Assert.False(File.Exists(run.ResolvedConfiguration));
            Assert.Empty(Directory.EnumerateFileSystemEntries(run.Checkpoints));
        }
    }

    [Fact]
    public void A_start_that_failed_before_training_leaves_a_folder_that_the_next_one_may_use()
    {
        using (var failed = RunFolder.Open(Run, RunStart.New)) File.WriteAllText(failed.Log, "no videos");
        using (var run = RunFolder.Open(Run, RunStart.New)) Directory.CreateDirectory(Path.Combine(run.Checkpoints, "step-00000100"));
        Assert.Contains("--resume", Refused(RunStart.New), StringComparison.Ordinal);
    }

    [Fact]
    public void Beginning_again_keeps_the_figures_of_steps_that_count_and_replaces_the_settings()
    {
        MakeRun();
        using var run = RunFolder.Open(Run, RunStart.Resume);
        File.WriteAllText(run.Metrics, "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n{\"st");
        run.Begin("cacl.seed = 1", steps: 2);
        Assert.Equal(["{\"step\":1}", "{\"step\":2}"], File.ReadAllLines(run.Metrics));
        Assert.Equal("cacl.seed = 1", File.ReadAllText(run.ResolvedConfiguration));
        File.Delete(run.ResolvedConfiguration);
        Directory.CreateDirectory(run.ResolvedConfiguration);
        Assert.Contains(
            "cannot be written", Assert.Throws<RunFolderException>(() => run.Begin("cacl.seed = 2", steps: 2)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.resolved.conf")]
    [InlineData("metrics.jsonl")]
    [InlineData("evaluations.jsonl")]
    [InlineData("run.json")]
    public void What_cannot_be_written_changes_nothing_and_leaves_nothing_behind(string fails)
    {
        MakeRun();
        using var run = RunFolder.Open(Run, RunStart.Resume);
        foreach (var file in new[] { run.Metrics, run.Evaluations }) File.WriteAllText(file, "{\"step\":1}\n{\"step\":2}\n");
        File.WriteAllText(Path.Combine(Run, "outcome.json"), "{}");
        File.Delete(Path.Combine(Run, fails));
        SpecialFiles.Pipe(Path.Combine(Run, fails)); // no file can replace it, however much room the disk has
        var before = Content();
        var told = Assert.Throws<RunFolderException>(() => run.Begin("cacl.seed = 2", steps: 1, facts: new RunFacts("", []))).Message;
        Assert.Contains($"The run folder {Run} cannot be written", told, StringComparison.Ordinal);
        Assert.Contains(fails, told, StringComparison.Ordinal);
        Assert.Equal(before, Content());

        List<(string, string)> Content() =>
        [
            .. Directory.EnumerateFiles(Run).Order(StringComparer.Ordinal).Where(f => Path.GetFileName(f) != ".lock")
                .Select(f => (f, Path.GetFileName(f) == fails ? "" : File.ReadAllText(f))),
        ];
    }

    [Fact]
    public void Overwriting_leaves_what_a_run_did_not_write()
    {
        MakeRun();
        File.WriteAllText(Path.Combine(Run, "notes.txt"), "mine");
        using var run = RunFolder.Open(Run, RunStart.Overwrite);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Run, "notes.txt")));
        Assert.False(File.Exists(Path.Combine(Run, "train_001.log")));
    }

    [Theory]
    [InlineData(nameof(RunStart.New))]
    [InlineData(nameof(RunStart.Overwrite))]
    public void A_folder_that_is_no_run_folder_is_left_untouched(string start)
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "thesis.tex"), "years");
        Assert.Contains("thesis.tex", Refused(Enum.Parse<RunStart>(start)), StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Run, "thesis.tex")], Directory.GetFileSystemEntries(Run));
    }

    [Fact]
    public void Nothing_to_resume_is_told()
    {
        Assert.Contains("There is no run folder", Refused(RunStart.Resume), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
        Directory.CreateDirectory(Run);
        Assert.Contains("no config.resolved.conf", Refused(RunStart.Resume), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_on_one_folder_are_refused_until_the_first_ends()
    {
        using (RunFolder.Open(Run, RunStart.New))
        {
            File.WriteAllText(Path.Combine(Run, "config.resolved.conf"), "");
            Assert.Contains("Another process is running", Refused(RunStart.Resume), StringComparison.Ordinal);
            Assert.Contains("Another process is running", Refused(RunStart.Overwrite), StringComparison.Ordinal);
        }

        using var again = RunFolder.Open(Run, RunStart.Resume);
    }

    [Fact]
    public void The_lock_of_a_process_that_was_killed_does_not_block()
    {
        MakeRun();
        // flock(1) takes the same kind of lock as the program.
        using var other = Process.Start(new ProcessStartInfo("flock", [
            "--exclusive", "--close", Path.Combine(Run, ".lock"), "sh", "-c",
            "echo held; exec sleep 60"])
        { RedirectStandardOutput = true })!;
        Assert.Equal("held", other.StandardOutput.ReadLine());
        Assert.Contains("Another process is running", Refused(RunStart.Resume), StringComparison.Ordinal);
        other.Kill(entireProcessTree: true);
        other.WaitForExit();
        using var again = RunFolder.Open(Run, RunStart.Resume);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_removed_and_in_nobodys_way()
    {
        Directory.CreateDirectory(Run);
        foreach (var name in new[] { "config.resolved.conf.tmp", ".incomplete-1f" }) File.WriteAllText(Path.Combine(Run, name), "half");
        using (var run = RunFolder.Open(Run, RunStart.New))
            run.Begin("cacl {}", 0, folder => File.WriteAllText(Path.Combine(folder, "videos.json"), "{}"));
        Assert.False(File.Exists(Path.Combine(Run, ".incomplete-1f")));
        Assert.Equal("cacl {}", File.ReadAllText(Path.Combine(Run, "config.resolved.conf")));
        using var anew = RunFolder.Open(Run, RunStart.Overwrite);
        Assert.Equal([".lock", "checkpoints"], Directory.GetFileSystemEntries(Run).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_with_the_remedy()
    {
        File.WriteAllText(_folder.File("runs"), "a file in the way");
        Assert.Contains("cannot be written", Refused(RunStart.New), StringComparison.Ordinal);
        Assert.Contains(
            "is a file", Assert.Throws<RunFolderException>(() => RunFolder.Open(_folder.File("runs"), RunStart.New)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot be written", Assert.Throws<RunFolderException>(() => RunFolder.Open("/proc/run", RunStart.New)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_a_name_gets_a_free_one()
    {
        var now = new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero);
        var first = RunFolder.Name(now, _folder.Path);
        Assert.Equal(_folder.File("runs", "20240203-040506"), first);
        Directory.CreateDirectory(first);
        Assert.Equal(first + "-2", RunFolder.Name(now, _folder.Path));
    }

    private string Refused(RunStart start) => Assert.Throws<RunFolderException>(() => RunFolder.Open(Run, start)).Message;

    private void MakeRun()
    {
        using var run = RunFolder.Open(Run, RunStart.New);
        foreach (var file in new[] { run.ResolvedConfiguration, run.Log, run.Metrics, run.Quarantine, Path.Combine(Run, "train_001.log") })
            File.WriteAllText(file, "x");
        Directory.CreateDirectory(Path.Combine(run.Checkpoints, "step-00000100"));
        File.WriteAllText(Path.Combine(run.Checkpoints, "step-00000100", "state.json"), "{}");
    }
}
