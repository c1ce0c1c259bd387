using System.Diagnostics;
using System.Runtime.InteropServices;
using CACL.Data.Catalog;
using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests real scans that are really interrupted, and what a training does about the files that they did not reach.</summary>
public sealed partial class InterruptedScanTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Clips = 12;
    private const int Terminate = 15;
    private const int Kill = 9;

    // The first runs of ffprobe read a few clips, the next ones hang until they are ended.
    private const string Gate = "[ $run -gt 8 ] && exec sleep 1000";

    private static readonly string[] Isolated = ["--set", "cacl.data.decoder=isolated"];

    [Fact]
    public void A_training_finishes_the_scan_that_SIGTERM_ended()
    {
        LongTests.Only("A scan and two trainings");
        var (catalog, gate) = (runs.Folder("interrupted.sqlite"), new WrappedPrograms(runs.Folder("gate"), "ffprobe", Gate));
        using (var scan = CaclProcess.StartWith(gate.Environment, [.. Scan(runs.Clips, catalog), .. Isolated]))
        {
            scan.Until(() => gate.Runs.Count > 8);
            scan.Signal(Terminate);
            Assert.Equal(ExitCodes.Terminated, scan.WaitForExit());
            AssertGone(gate.Runs);
        }

        var kept = Rows(catalog);
        Assert.InRange(kept, 1, Clips - 1);
        var (exit, output) = CaclProcess.Run(Train("finishes", catalog));
        Assert.True(exit == 0, output);
        Assert.Contains($"which knows {kept} files of it from scans that did not reach all", output, StringComparison.Ordinal);
        Assert.Contains($"{Clips} of {Clips} videos are used; unusable: 0", output, StringComparison.Ordinal);
        // The next scan need not read them again.
        Assert.DoesNotContain("Scanning", CaclProcess.Run(Train("again", catalog)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_SIGTERM_ends_a_trainings_own_scan_in_order_and_the_same_command_goes_on()
    {
        var (catalog, gate) = (runs.Folder("own.sqlite"), new WrappedPrograms(runs.Folder("own-gate"), "ffprobe", Gate));
        using (var train = CaclProcess.StartWith(gate.Environment, [.. Train("own", catalog), .. Isolated]))
        {
            train.Until(() => gate.Runs.Count > 8);
            train.Signal(Terminate);
            Assert.Equal(ExitCodes.Terminated, train.WaitForExit());
            Assert.Contains("The scan was stopped, and nothing was trained. What was read is kept", train.Output, StringComparison.Ordinal);
            AssertGone(gate.Runs);
        }

        var kept = Rows(catalog);
        Assert.InRange(kept, 1, Clips - 1);
        var (exit, output) = CaclProcess.Run(Train("own", catalog));
        Assert.True(exit == 0, output);
        Assert.Contains($"({Clips - kept} read, {kept} known before)", output, StringComparison.Ordinal);
        Assert.Contains($"{Clips} of {Clips} videos are used", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_folders_the_one_that_was_never_scanned_is()
    {
        LongTests.Only("A scan and a training");
        var (a, b, catalog) = (Some("a", 7), Some("b", 5), runs.Folder("two.sqlite"));
        CaclProcess.AssertSuccess(CaclProcess.Run(Scan(a, catalog)));
        var (exit, output) = CaclProcess.Run([.. Train("two", catalog), "--set", $"cacl.data.videos=[\"{a}\",\"{b}\"]"]);
        Assert.True(exit == 0, output);
        Assert.Contains("(5 read, 7 known before)", output, StringComparison.Ordinal);
        Assert.Contains("12 of 12 videos are used", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_differs_from_the_catalogue_is_counted_and_not_trained_on()
    {
        var (videos, catalog) = (Some("drifting", 8), runs.Folder("drifting.sqlite"));
        CaclProcess.AssertSuccess(CaclProcess.Run(Scan(videos, catalog)));
        AddThree(videos);
        File.Delete(Path.Combine(videos, "clip-0001.mp4"));
        string[] settings = ["--set", $"cacl.data.videos=[\"{videos}\"]", "--set", "cacl.data.max-bad-share=1"];
        var (exit, output) = CaclProcess.Run([.. Train("drifted", catalog), .. settings]);
        Assert.True(exit == 0, output);
        Assert.Contains("files appeared: 3 (not trained on), changed: 0, went: 1", output, StringComparison.Ordinal);
        Assert.Contains("8 of 8 videos are used", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_keeps_its_videos_to_the_bit_whatever_is_scanned_in_between()
    {
        LongTests.Only("Two trainings, one of them in two parts");
        var (videos, catalog) = (Some("growing", 8), runs.Folder("growing.sqlite"));
        string[] settings =
        [
            "--set", $"cacl.data.videos=[\"{videos}\"]", "--set", $"cacl.data.catalog=\"{catalog}\"",
            "--set", "cacl.training.max-steps=7", "--set", "cacl.checkpoints.every-steps=3",
        ];
        var (whole, resumed) = (runs.Folder("whole"), runs.Folder("resumed"));
        CaclProcess.AssertSuccess(CaclProcess.Run([.. runs.Train(whole), .. settings]));
        using (var process = CaclProcess.Start([.. runs.Train(resumed), .. settings]))
        {
            process.Until(() => Directory.Exists(Path.Combine(resumed, "checkpoints", "latest")));
            process.Signal(Kill);
            process.WaitForExit();
        }

        AddThree(videos);
        CaclProcess.AssertSuccess(CaclProcess.Run(Scan(videos, catalog)));
        Assert.Equal(11, Rows(catalog));
        var (exit, output) = CaclProcess.Run([.. runs.Train(resumed, "--resume"), .. settings]);
        Assert.True(exit == 0, output);
        Assert.Contains("8 of 8 videos are used", output, StringComparison.Ordinal);
        Assert.Equal(SmallRuns.Losses(whole), SmallRuns.Losses(resumed));
    }

    [Fact]
    public void A_counting_ffprobe_that_is_killed_from_outside_leaves_the_video_whole()
    {
        var videos = Directory.CreateDirectory(runs.Folder("counted")).FullName;
        var catalog = runs.Folder("counted.sqlite");
        // The script stops itself before it counts for the first time, so that it is there to be killed.
        var gate = new WrappedPrograms(
            runs.Folder("counting-gate"),
            "ffprobe",
            """
            case "$*" in *"-select_streams 0 -show_entries frame=key_frame"*)
              [ -e $here/counting ] || { echo $$ > $here/new; mv $here/new $here/counting; kill -STOP $$; };;
            esac
            """);
        const string source = "testsrc2=size=160x120:rate=25:duration=40";
        var clip = Path.Combine(videos, "a.avi");
        string[] encode = ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-bf", "2", "-g", "20", clip];
        using (var encoding = Process.Start("ffmpeg", encode)) Assert.True(encoding.WaitForExit(60_000) && encoding.ExitCode == 0);
        using var scan = CaclProcess.StartWith(gate.Environment, [.. Scan(videos, catalog), .. Isolated]);
        var counting = Path.Combine(runs.Folder("counting-gate"), "counting");
        scan.Until(() => File.Exists(counting));
        Assert.Equal(0, Send(int.Parse(File.ReadAllText(counting)), Kill));
        Assert.Equal(0, scan.WaitForExit());
        using var read = VideoCatalog.OpenExisting(catalog);
        Assert.Equal(1000, Assert.Single(read.LoadUsable(9)).Frames);
    }

    [Fact]
    public void A_training_asks_again_for_pairs_over_which_ffmpeg_was_killed_and_quarantines_nothing()
    {
        LongTests.Only("A training whose ffmpeg is killed three times");
        var killed = new WrappedPrograms(
            runs.Folder("killed-ffmpeg"),
            "ffmpeg",
            """
            case "$*" in *rawvideo*)
              [ $(ls $here | grep -c killed) -lt 3 ] && { touch $here/killed$$; kill -9 $$; };;
            esac
            """);
        var run = runs.Folder("killed-run");
        using var train = CaclProcess.StartWith(
            killed.Environment,
            [.. runs.Train(run, "--set", "cacl.training.max-steps=2", "--set", "cacl.data.decoders=1"), .. Isolated]);
        Assert.True(train.WaitForExit() == 0, train.Output);
        Assert.Equal(3, Directory.GetFiles(runs.Folder("killed-ffmpeg"), "killed*").Length);
        Assert.Contains("ffmpeg was killed by signal 9 (SIGKILL)", train.Output, StringComparison.Ordinal);
        Assert.Contains("its plan is tried once more on another decoder", train.Output, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(Path.Combine(run, "quarantine.jsonl")));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    private static int Rows(string catalog)
    {
        using var read = VideoCatalog.OpenExisting(catalog);
        return read.LoadUsable(9).Length;
    }

    private static void AssertGone(IReadOnlyList<int> processes) => Assert.DoesNotContain(processes, process =>
        File.Exists($"/proc/{process}/status")
        && !File.ReadAllText($"/proc/{process}/status").Contains("State:\tZ", StringComparison.Ordinal));

    private static string[] Scan(string videos, string catalog) => ["videos", "scan", videos, "--catalog", catalog];

    private string[] Train(string run, string catalog) =>
        runs.Train(runs.Folder(run), "--set", "cacl.training.max-steps=1", "--set", $"cacl.data.catalog=\"{catalog}\"");

    // Adds files before, between and after the existing ones in order.
    private static void AddThree(string videos)
    {
        var one = Path.Combine(videos, "clip-0000.mp4");
        foreach (var name in new[] { "a.mp4", "clip-0003b.mp4", "z.mp4" }) File.Copy(one, Path.Combine(videos, name));
    }

    private string Some(string name, int count)
    {
        MadeClips.Require();
        var folder = Directory.CreateDirectory(runs.Folder(name)).FullName;
        foreach (var clip in Directory.GetFiles(runs.Clips).Order().Take(count))
            File.Copy(clip, Path.Combine(folder, Path.GetFileName(clip)));
        return folder;
    }
}
