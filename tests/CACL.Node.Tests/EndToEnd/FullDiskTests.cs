using System.Diagnostics;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests a run folder on a full disk: a file system in memory that only the program's process sees.</summary>
public sealed class FullDiskTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    // $1 is the mount point; $2 is a run, whose checkpoints stay where they are; the rest is the command.
    private const string FullDisk =
        """
        set -e
        disk=$1 run=$2; shift 2
        mount -t tmpfs -o size=256k none "$disk"
        mkdir "$disk/run"
        for file in "$run"/* "$run"/.lock; do
          case $file in */checkpoints|*/tensorboard) ln -s "$file" "$disk/run/" ;; *) cp -a "$file" "$disk/run/" ;; esac
        done
        cat /dev/zero > "$disk/fill" 2>/dev/null || true
        held() { cd "$disk/run"; ls -A; sha256sum config.resolved.conf metrics.jsonl outcome.json; }
        held > "$disk.before"
        set +e
        "$@"
        code=$?
        held > "$disk.after"
        exit $code
        """;

    [Fact]
    public void A_resumed_run_says_that_there_is_no_room_and_changes_nothing()
    {
        var disk = runs.Folder("disk");
        Directory.CreateDirectory(disk);
        var (exit, output) = Start("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", disk);
        Assert.SkipUnless(exit == 0, $"No file system of its own can be mounted here: {output}");
        var run = runs.LinkedCopyOfUndisturbed("full");
        var program = Path.Combine(AppContext.BaseDirectory, "CACL.Node.dll");
        string[] command = ["dotnet", program, .. runs.Train(Path.Combine(disk, "run"), "--resume")];
        (exit, output) = Start(
            "unshare", ["--user", "--map-root-user", "--mount", "bash", "-c", FullDisk, "bash", disk, run, .. command]);
        CaclProcess.AssertRefused((exit, output), "cannot be written: No space left on device", "Free space there");
        Assert.DoesNotContain("unexpected", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(File.ReadAllText(disk + ".before"), File.ReadAllText(disk + ".after"));
        Assert.Contains("outcome.json", File.ReadAllText(disk + ".after"), StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Start(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            Assert.True(process.WaitForExit(Deadline), "It did not end.");
            return (process.ExitCode, output.Result + error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
