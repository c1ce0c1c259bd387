using System.Globalization;
using System.Security.Cryptography;
using CACL.Learning.Weights;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

namespace CACL.Node.Tests.Faults;

/// <summary>
/// Lets real system calls of a real training fail while it writes checkpoints. CACL_FAULTS is the number of faults of the long variant.
/// </summary>
public sealed class DiskFaultTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Steps = 16;

    private static readonly string[] Retry = ["--set", "cacl.checkpoints.retry.min-backoff=50ms", "--set", "cacl.logging.level=debug"];

    // Calls of the thread that writes checkpoints, by their numbers there; other threads make fewer.
    private static readonly DiskFault[] Faults =
    [
        new("fsync", "12..13"), new("pwrite64", "60..61"), new("rename", "6"), new("symlink", "1"), new("fsync", "17"),
        new("pwrite64", "150..152"), new("rename", "7"), new("fsync", "14..16"), new("mkdir", "2..3"),
        new("openat", "6", "checkpoints"), new("openat", "7..8", "checkpoints"), new("unlink", "8..9") { Keep = 1 },
        new("rmdir", "2") { Keep = 1 },
    ];

    // A shell that sees mounts of its own.
    private static readonly string[] OwnMounts = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"];

    private static readonly string[] Errors = ["EIO", "ENOSPC", "EDQUOT", "EROFS"];

    [Fact]
    public void A_disk_that_fails_for_a_while_costs_no_checkpoint_and_no_bit()
    {
        Strace.Require();
        AssertSurvives("EIO", Faults[0], "continue");
    }

    [Fact]
    public void Any_call_may_fail_in_any_way_whether_the_training_waits_or_goes_on()
    {
        LongTests.Only("A training for each fault");
        Strace.Require();
        var asked = Environment.GetEnvironmentVariable("CACL_FAULTS");
        var wanted = int.TryParse(asked, CultureInfo.InvariantCulture, out var count) ? count : 3;
        for (var i = 0; i < wanted; i++)
        {
            var error = Errors[(i + (i / Faults.Length)) % Errors.Length];
            AssertSurvives(error, Faults[i % Faults.Length], i % 2 == 0 ? "pause" : "continue");
        }
    }

    [Fact]
    public void A_disk_that_takes_nothing_any_more_leaves_the_last_good_checkpoint_and_a_sentence()
    {
        LongTests.Only("A training that fails");
        Strace.Require();
        var run = runs.Folder("full-for-good");
        using var process = Start(run, "error=ENOSPC", new("fsync", "12+"), "continue");
        Assert.Equal(1, process.WaitForExit(Strace.Patience));
        Assert.Contains("could not be saved", process.Output, StringComparison.Ordinal);
        Assert.Contains("Free space on the disk", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at CACL", process.Output, StringComparison.Ordinal);
        Assert.Equal(5, Loaded(run));
        CaclProcess.AssertSuccess(CaclProcess.Run(runs.Train(run, "--resume")));
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
        Assert.Equal(Weights(runs.Undisturbed, Steps), Weights(run, Steps));
    }

    [Theory]
    [InlineData("size=1g", "remount,ro", "remount,rw", "Read-only file system")]
    [InlineData("nr_inodes=13", "", "remount,nr_inodes=1000", "No space left on device")] // opening a new file fails
    public void A_disk_that_takes_no_file_for_a_while_costs_no_checkpoint_and_no_bit(string made, string breaks, string mends, string says)
    {
        LongTests.Only("A training on a file system of its own");
        var run = runs.Folder(mends);
        var (checkpoints, saved) = (Path.Combine(run, "checkpoints"), runs.Folder($"{mends}-saved"));
        Directory.CreateDirectory(checkpoints);
        RequireMounts(checkpoints);
        // A file system on which something is being written cannot be made read-only: it is tried until it can.
        const string Run =
            """
            checkpoints=$1 log=$2 saved=$3 made=$4 breaks=$5 mends=$6; shift 6
            mount -t tmpfs -o "$made" none "$checkpoints"; "$@" & training=$!
            until [ -e "$checkpoints/latest" ]; do sleep 0.05; done
            until [ -z "$breaks" ] || mount -o "$breaks" "$checkpoints" 2>/dev/null; do sleep 0.01; done
            until grep -q 'could not write the checkpoint' "$log" || ! kill -0 $training; do sleep 0.05; done
            mount -o "$mends" "$checkpoints"; wait $training; code=$?; cp -a "$checkpoints" "$saved"; exit $code
            """;
        using var process = CaclProcess.StartThrough(
            [.. OwnMounts, Run, "bash", checkpoints, Path.Combine(run, "train.log"), saved, made, breaks, mends],
            runs.Train(run, [.. Retry, "--set", "cacl.checkpoints.on-failure=pause"]));
        Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);
        Assert.Contains(says, process.Output, StringComparison.Ordinal);
        Assert.Contains("training waits", process.Output, StringComparison.Ordinal);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
        Directory.Delete(checkpoints);
        Directory.Move(saved, checkpoints);
        Assert.Equal(Weights(runs.Undisturbed, Steps), Weights(run, Steps));
    }

    [Fact]
    public void A_folder_of_checkpoints_that_vanishes_costs_only_what_was_in_it()
    {
        LongTests.Only("A training whose folder is taken away");
        var run = runs.Folder("vanishing");
        using (var process = CaclProcess.Start(runs.Train(run, Retry)))
        {
            process.Until(() => Directory.Exists(Path.Combine(run, "checkpoints", "latest")));
            Directory.Move(Path.Combine(run, "checkpoints"), runs.Folder("vanished"));
            Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);
        }

        Assert.Equal(Steps, Loaded(run));
        Assert.Equal(Weights(runs.Undisturbed, Steps), Weights(run, Steps));
        Assert.NotNull(new CheckpointStore(runs.Folder("vanished"), keep: 1).LoadLatest().Checkpoint);
    }

    [Fact]
    public void What_is_saved_slowly_is_the_state_at_the_snapshot_though_the_training_goes_on()
    {
        LongTests.Only("A training with a disk that takes its time");
        Strace.Require();
        var (slow, usual) = (runs.Folder("slow"), runs.Folder("usual"));
        using (var process = Start(slow, "delay_enter=500ms", new("fsync", "7..18"), "continue"))
            Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);
        CaclProcess.AssertSuccess(CaclProcess.Run(runs.Train(usual, "--set", "cacl.checkpoints.keep=10")));
        var steps = new CheckpointStore(Path.Combine(slow, "checkpoints"), keep: 1).Steps;
        Assert.True(steps.Contains(5) && !steps.Contains(10), "The first checkpoint did not take longer than five steps.");
        Assert.Equal(Weights(usual, 5), Weights(slow, 5));
        Assert.Equal(Weights(usual, Steps), Weights(slow, Steps));
    }

    [Fact]
    public void A_training_does_not_start_without_room_for_two_checkpoints()
    {
        var disk = runs.Folder("small-disk");
        Directory.CreateDirectory(disk);
        RequireMounts(disk);
        // Room for one, not for two.
        const string Run =
            """disk=$1; shift; mount -t tmpfs -o size=200m none "$disk"; "$@"; code=$?; ls -A "$disk/run/checkpoints"; exit $code""";
        using var process = CaclProcess.StartThrough([.. OwnMounts, Run, "bash", disk], runs.Train(Path.Combine(disk, "run")));
        CaclProcess.AssertRefused(
            (process.WaitForExit(), process.Output), "There is no room for two checkpoints in", "MB are free", "--run");
        Assert.DoesNotContain("step-0", process.Output, StringComparison.Ordinal);
    }

    private static void RequireMounts(string folder)
    {
        using var mount = System.Diagnostics.Process.Start(OwnMounts[0], [.. OwnMounts[1..], $"mount -t tmpfs none '{folder}'"]);
        mount.WaitForExit();
        Assert.SkipUnless(mount.ExitCode == 0, "No file system of its own can be mounted here.");
    }

    private void AssertSurvives(string error, DiskFault fault, string onFailure)
    {
        var run = runs.Folder($"{error}-{fault.Call}-{fault.When}-{onFailure}");
        using var process = Start(run, $"error={error}", fault, onFailure);
        Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);
        Assert.Contains("could not write the checkpoint", process.Output, StringComparison.Ordinal);
        Assert.Contains(onFailure == "pause" ? "training waits" : "training goes on", process.Output, StringComparison.Ordinal);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
        Assert.Equal(Steps, Loaded(run));
        Assert.Equal(Weights(runs.Undisturbed, Steps), Weights(run, Steps));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(run, "checkpoints"), ".*"));
        TestContext.Current.SendDiagnosticMessage($"{error} at {fault.Call} {fault.When}, {onFailure}: nothing lost");
        Directory.Delete(run, recursive: true);
    }

    private CaclProcess Start(string run, string what, DiskFault fault, string onFailure)
    {
        // There already, so that the training's own thread makes no folder for checkpoints.
        Directory.CreateDirectory(Path.Combine(run, "checkpoints"));
        string[] path = fault.Path is null ? [] : ["-P", Path.Combine(run, fault.Path)];
        return Strace.Start(
            $"{run}.strace", [.. path, "-e", $"trace={fault.Call}", "-e", $"inject={fault.Call}:{what}:when={fault.When}"],
            runs.Train(
                run,
                [
                    .. Retry, "--set", $"cacl.checkpoints.on-failure={onFailure}", "--set", $"cacl.checkpoints.keep={fault.Keep}", "--set",
                    $"cacl.training.max-steps={Steps}",
                ]));
    }

    private static long Loaded(string run) =>
        new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).LoadLatest().Checkpoint!.State.Step;

    private static string[] Weights(string run, int step) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(run, "checkpoints", $"step-{step:D8}"), "*.safetensors").Order(StringComparer.Ordinal)
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
    ];

    /// <summary>System calls that fail.</summary>
    /// <param name="Call">Their name.</param>
    /// <param name="When">Their numbers in their thread, as strace takes them.</param>
    /// <param name="Path">Counts only calls on this path in the run folder; null: all.</param>
    private sealed record DiskFault(string Call, string When, string? Path = null)
    {
        /// <summary>How many checkpoints are kept: to remove one, calls are made that may fail, too.</summary>
        public int Keep { get; init; } = 10;
    }
}
