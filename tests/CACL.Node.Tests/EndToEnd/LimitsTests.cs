using System.Diagnostics;
using System.Globalization;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests trainings on machines that allow little: memory, cores, descriptors, room for temporary files, rights.</summary>
public sealed class LimitsTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const string Nobody = "65534";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "CACL.Node.dll");
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public void With_one_core_no_home_and_a_full_folder_for_temporary_files_a_training_computes_the_same()
    {
        Require("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", Directory.CreateDirectory(
            runs.Folder("full")).FullName);
        Require("taskset", "-c", FirstCore, "true");
        var run = runs.Folder("narrow");
        var (exit, output) = Start(
            [
                "unshare", "--user", "--map-root-user", "--mount", "bash", "-c",
                "mount -t tmpfs -o size=64k none \"$0\" && cat /dev/zero > \"$0/fill\" 2>/dev/null; "
                    + "NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache} "
                    + "TMPDIR=$0 HOME=/dev/null exec taskset -c \"$@\"",
                runs.Folder("full"), FirstCore, "dotnet", Program, .. runs.Train(run),
            ]);
        Assert.True(exit == 0, output);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void Too_few_descriptors_are_told_before_anything_else(int files)
    {
        var (exit, output) = Start(
            ["bash", "-c", "ulimit -n \"$0\" && exec \"$@\"", $"{files}", "dotnet", Program, .. runs.Train(runs.Folder("few"))]);
        CaclProcess.AssertRefused((exit, output), $"may open {files} files at once", "ulimit -n 4096");
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_root_that_cannot_be_written_is_told_and_what_only_reads_works()
    {
        string[] readOnly =
        [
            "unshare", "--user", "--map-root-user", "--mount", "bash", "-c",
            "mount --rbind / / && mount -o remount,ro,bind / && exec \"$@\"", "-",
        ];
        Require([.. readOnly, "true"]);
        var (exit, output) = Start([.. readOnly, "dotnet", Program, .. runs.Train(runs.Folder("read-only"))]);
        Assert.SkipWhen(exit == 0, "The tests' folder is on a file system of its own, which stays writable.");
        CaclProcess.AssertRefused((exit, output), runs.Folder("read-only"), "Read-only file system", "--run");
        (exit, output) = Start([.. readOnly, "dotnet", Program, "status", "--run", runs.Undisturbed]);
        Assert.True(exit == 0 && output.Contains("completed", StringComparison.Ordinal), output);
    }

    [Fact]
    public void Another_users_run_can_be_neither_resumed_nor_replaced_and_says_so()
    {
        string[] asNobody = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "env", "HOME=/nonexistent"];
        Require([.. asNobody, "test", "-r", Program]);
        var run = runs.LinkedCopyOfUndisturbed("anothers");
        // The tests' folders are closed to others; what is tried here is what a folder that can be read does not allow.
        Require("chmod", "o+rx", Path.GetDirectoryName(run)!, Path.GetDirectoryName(runs.Clips)!);
        var before = Listing(run);
        foreach (var how in new[] { "--resume", "--overwrite" })
        {
            var refused = Start([.. asNobody, "dotnet", Program, .. runs.Train(run, how)]);
            CaclProcess.AssertRefused(refused, run, "denied", "change its permissions");
        }

        Assert.Equal(before, Listing(run));
    }

    [Fact]
    public void A_control_group_with_less_memory_than_a_training_needs_is_told_before_it_starts()
    {
        using var group = ControlGroup.Make(300L << 20);
        var (exit, output) = group.Run(["dotnet", Program, .. runs.Train(runs.Folder("small-group"))]);
        CaclProcess.AssertRefused((exit, output), "This training needs at least", "may have 315 MB in all", "Nothing was trained");
    }

    [Fact]
    public async Task A_training_whose_control_group_runs_out_of_memory_ends_with_its_state_saved_and_a_sentence()
    {
        LongTests.Only("A training whose memory is taken away");
        using var group = ControlGroup.Make(4L << 30);
        var run = runs.Folder("shrinking-group");
        var training = Task.Run(
            () => group.Run(
            [
                "dotnet", Program,
                .. runs.Train(
                    run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set",
                    "cacl.checkpoints.every-steps=100000"),
            ]),
            TestContext.Current.CancellationToken);
        Eventually.Holds(() => training.IsCompleted || SmallRuns.Steps(run) >= 8);
        group.Leave(200L << 20); // the first copy of the state takes 150 MB
        var ended = await training.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        CaclProcess.AssertRefused(ended, "The memory is nearly used up", "resume it");
        var steps = SmallRuns.Steps(run);
        Assert.True(Directory.Exists(Path.Combine(run, "checkpoints", $"step-{steps:00000000}")), ended.Output);
    }

    private static string FirstCore => File.ReadLines("/proc/self/status")
        .First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim().Split(',', '-')[0];

    private static string[] Listing(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file):O}"),
    ];

    private static void Require(params string[] command)
    {
        var (exit, output) = Start(command);
        Assert.SkipUnless(exit == 0, $"{string.Join(' ', command)} does not work here: {output.Trim()}");
    }

    private static (int ExitCode, string Output) Start(string[] command)
    {
        try
        {
            var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
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

    /// <summary>A control group of this machine, of either version, with a limit on its memory.</summary>
    private sealed class ControlGroup : IDisposable
    {
        private readonly string _folder;
        private readonly bool _isUnified;

        private ControlGroup(string folder, bool isUnified) => (_folder, _isUnified) = (folder, isUnified);

        private string LimitFile => Path.Combine(_folder, _isUnified ? "memory.max" : "memory.limit_in_bytes");

        /// <summary>Makes a group; skips the test where that is not allowed.</summary>
        public static ControlGroup Make(long bytes)
        {
            var isUnified = File.Exists("/sys/fs/cgroup/cgroup.controllers");
            var parent = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
            var group = new ControlGroup(Path.Combine(parent, $"cacl-test-{Guid.NewGuid():N}"), isUnified);
            try
            {
                if (!Directory.Exists(parent)) throw new IOException($"There is no {parent}");
                Directory.CreateDirectory(group._folder);
                File.WriteAllText(group.LimitFile, bytes.ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                group.Dispose();
                Assert.Skip($"No control group with a limit can be made here: {e.Message}");
            }

            return group;
        }

        /// <summary>Runs a program in the group.</summary>
        public (int ExitCode, string Output) Run(string[] command) =>
            Start(["bash", "-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", _folder, .. command]);

        /// <summary>Lowers the limit to what the group uses by now and so much more.</summary>
        public void Leave(long bytes)
        {
            var stat = File.ReadLines(Path.Combine(_folder, "memory.stat")).Select(line => line.Split(' '))
                .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
            var prefix = _isUnified ? "" : "total_";
            var usage = Path.Combine(_folder, _isUnified ? "memory.current" : "memory.usage_in_bytes");
            var used = long.Parse(File.ReadAllText(usage), CultureInfo.InvariantCulture)
                - stat[$"{prefix}inactive_file"] - stat[$"{prefix}active_file"];
            File.WriteAllText(LimitFile, (used + bytes).ToString(CultureInfo.InvariantCulture));
        }

        public void Dispose()
        {
            // A group in which something still runs cannot be removed.
            Eventually.Holds(() => !Directory.Exists(_folder) || IsRemoved());
        }

        private bool IsRemoved()
        {
            try
            {
                foreach (var process in File.ReadLines(Path.Combine(_folder, "cgroup.procs")).ToList())
                {
                    using var left = Process.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
                    left.Kill();
                }

                Directory.Delete(_folder);
                return true;
            }
            catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
            {
                return false; // it is about to end
            }
        }
    }
}
