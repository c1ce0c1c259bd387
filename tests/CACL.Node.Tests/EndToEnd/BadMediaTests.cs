using System.Diagnostics;
using System.Text.Json;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Tests a training among whose videos everything happens that can happen to a file. With tools/test --long, the odd and damaged files of
/// ../shared are among them.
/// </summary>
public sealed class BadMediaTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Kill = 9;
    private static readonly int Steps = LongTests.Wanted ? 64 : 16; // nearly four epochs

    /// <summary>The time in which a video must be found out from the moment on that somebody reads it.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("worker")]
    [InlineData("isolated")]
    public void A_run_goes_on_whatever_happens_to_its_files_and_names_each_with_its_reason(string decoder)
    {
        if (decoder == "isolated") LongTests.Only("The same with the other decoder");
        MadeClips.Require();
        var (videos, run) = (runs.Folder($"bad-{decoder}"), runs.Folder($"bad-run-{decoder}"));
        Directory.CreateDirectory(Path.Combine(videos, "gone"));
        string[] clips = [.. Directory.EnumerateFiles(runs.Clips).Order(StringComparer.Ordinal)];
        foreach (var clip in clips) File.Copy(clip, Path.Combine(videos, Path.GetFileName(clip)));
        string Video(string name) => Path.Combine(videos, name);
        var (grows, shrinks, pipe, gone) = (Video("grows.mp4"), Video("shrinks.mp4"), Video("pipe.mp4"), Video("gone/gone.mp4"));
        var (text, cut) = (Video("text.mp4"), Video("cut.mp4"));
        foreach (var path in new[] { grows, shrinks, gone }) File.Copy(clips[0], path);
        File.WriteAllText(text, "not a video");
        File.WriteAllBytes(cut, File.ReadAllBytes(clips[1])[..2000]);
        SpecialFiles.Pipe(pipe);
        if (LongTests.Wanted && Workspace.Lack("data", "torture") is null)
        {
            foreach (var file in Directory.EnumerateFiles(Workspace.Shared("data", "torture")))
                File.Copy(file, Path.Combine(videos, "odd-" + Path.GetFileName(file)));
        }

        using var mount = HangingMount.Of(Path.Combine(videos, "network"), clips[2], clips[3]);
        var clock = Stopwatch.StartNew();
        using var training = CaclProcess.Start(runs.Train(
            run, "--set", $"cacl.data.videos=[\"{videos}\"]", "--set", $"cacl.data.catalog=\"{runs.Folder($"bad-{decoder}.sqlite")}\"",
            "--set", $"cacl.data.decoder={decoder}", "--set", "cacl.data.decode-timeout=3s", "--set", "cacl.data.max-bad-share=0.9",
            "--set", $"cacl.training.max-steps={Steps}", "--set", "cacl.training.epochs=1000", "--set", "cacl.training.watchdog=120s"));
        training.Until(() => SmallRuns.Steps(run) >= 2);
        mount.Hang();
        var began = clock.Elapsed;
        using (var file = File.OpenWrite(shrinks)) file.SetLength(1000);
        File.AppendAllText(grows, "more");
        Directory.Delete(Path.GetDirectoryName(gone)!, recursive: true);
        training.Until(() => SmallRuns.Steps(run) == Steps);
        var took = clock.Elapsed - began;
        mount.Dispose(); // no process ends while a thread of its waits for such a file system
        Assert.True(training.WaitForExit() == 0, training.Output);
        var lines = File.ReadAllLines(Path.Combine(run, "quarantine.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        string Reason(string path) =>
            Assert.Single(lines, line => line.GetProperty("path").GetString() == path).GetProperty("reason").GetString()!;
        Assert.Equal(
            ("NotAVideo", "NotAVideo", "NotAVideo", "Changed", "Unreadable"),
            (Reason(text), Reason(pipe), Reason(cut), Reason(grows), Reason(gone)));
        Assert.Contains(Reason(shrinks), (string[])["Changed", "Corrupt"]); // it may shrink while it is read
        Each.Holds(clips[2..4], clip => Assert.Equal("Deadline", Reason(Path.Combine(videos, "network", Path.GetFileName(clip)))));
        Assert.InRange(took, TimeSpan.Zero, 3 * Most); // two network videos, and the training itself
    }

    [Fact]
    public void A_worker_that_crashes_in_a_run_costs_a_try_and_the_losses_stay_the_same()
    {
        LongTests.Only("A training whose worker crashes three times");
        var (clean, crashed) = (runs.Undisturbed, runs.Folder("crashed"));
        using var training = CaclProcess.Start(runs.Train(crashed, "--set", "cacl.data.decoder=worker"));
        for (var crash = 0; crash < 3; crash++)
        {
            training.Until(() => SmallRuns.Steps(crashed) >= 1 + (4 * crash));
            var worker = ProcessesOf(training.Id).First(process => process.Command.Contains("decode-worker", StringComparison.Ordinal)).Id;
            Eventually.Holds(() => !Signalled(worker, crash == 0 ? 11 : Kill), "the worker is gone");
        }

        Assert.True(training.WaitForExit() == 0, training.Output);
        Assert.Equal(SmallRuns.Losses(clean), SmallRuns.Losses(crashed));
        Assert.Contains("Another one tries once more", training.Output, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(Path.Combine(crashed, "quarantine.jsonl")));
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("isolated")]
    public void A_training_that_is_killed_leaves_no_process_and_no_file(string decoder)
    {
        if (decoder == "isolated") LongTests.Only("The same with the other decoder");
        var (run, temporary) = (runs.Folder($"killed-{decoder}"), Directory.CreateDirectory(runs.Folder($"tmp-{decoder}")).FullName);
        var memory = Directory.GetFileSystemEntries("/dev/shm").ToHashSet(StringComparer.Ordinal);
        using var training = CaclProcess.StartWith(
            new Dictionary<string, string> { ["TMPDIR"] = temporary },
            runs.Train(
                run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000",
                "--set", $"cacl.data.decoder={decoder}"));
        training.Until(() => SmallRuns.Steps(run) >= 3);
        var children = new HashSet<int>();
        training.Until(() =>
        {
            children.UnionWith(ProcessesOf(training.Id).Select(process => process.Id));
            return children.Count > 0;
        });
        training.Kill();
        training.WaitForExit();
        Eventually.Holds(() => !children.Any(IsAlive), "every process of the training's ends with it");
        var left = Directory.GetFileSystemEntries("/dev/shm").Where(name => !memory.Contains(name));
        Assert.DoesNotContain(left, name => name.Contains("cacl", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    /// <summary>The children of a process, and theirs.</summary>
    private static List<(int Id, string Command)> ProcessesOf(int parent)
    {
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] == "Z" || fields[1] != parent.ToString(System.Globalization.CultureInfo.InvariantCulture)) continue;
                found.Add((id, File.ReadAllText(Path.Combine(folder, "cmdline"))));
                found.AddRange(ProcessesOf(id));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }

    private static bool IsAlive(int process) => Signalled(process, 0)
        && File.Exists($"/proc/{process}/stat") && !StatOf(process).Contains(") Z ", StringComparison.Ordinal);

    private static string StatOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat");
        }
        catch (IOException)
        {
            return ") Z ";
        }
    }

    private static bool Signalled(int process, int signal) =>
        CaclProcess.SendSignalTo(process, signal) == 0 && !StatOf(process).Contains(") Z ", StringComparison.Ordinal);
}
