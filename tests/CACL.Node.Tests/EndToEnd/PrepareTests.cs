using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests <c>cacl videos prepare</c> as a process of its own, cut short and continued, and trainings on what it makes.</summary>
public sealed class PrepareTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Clips = 12;
    private const int Terminate = 15;
    private const int Kill = 9;

    // The first twelve encodings are real: eight of them are the sample, four are files. The next one writes half a file and hangs.
    private const string Gate =
        """
        case "$*" in *libx264*)
          echo $$ >> $here/encodings
          if [ $(wc -l < $here/encodings) -gt 12 ]; then
            for out; do :; done
            printf half > "${out#file:}"
            echo $$ > $here/new; mv $here/new $here/hanging
            exec sleep 1000
          fi;;
        esac
        """;

    [Theory]
    [InlineData(Kill)]
    [InlineData(Terminate)]
    public void A_preparation_that_was_cut_short_is_continued_and_takes_no_half_file_for_done(int signal)
    {
        LongTests.Only("Three preparations");
        var (folder, catalog) = (runs.Folder($"cut-{signal}"), runs.Folder($"cut-{signal}.sqlite"));
        var gate = new WrappedPrograms(runs.Folder($"gate-{signal}"), "ffmpeg", Gate);
        var hanging = Path.Combine(runs.Folder($"gate-{signal}"), "hanging");
        using (var prepare = CaclProcess.StartWith(gate.Environment, Prepare(folder, catalog)))
        {
            prepare.Until(() => File.Exists(hanging));
            prepare.Signal(signal);
            Assert.Equal(128 + signal, prepare.WaitForExit());
            if (signal == Terminate) Assert.Contains("The files made so far are kept", prepare.Output, StringComparison.Ordinal);
        }

        var process = int.Parse(File.ReadAllText(hanging));
        Eventually.Holds(() => !File.Exists($"/proc/{process}/stat") || IsZombie(process), "ffmpeg ends with its parent");
        Assert.Equal(4, Directory.GetFiles(folder, "*.mp4").Length);
        Assert.Equal(signal == Kill ? 1 : 0, Directory.GetFiles(folder, ".incomplete-*").Length);

        var (exit, output) = CaclProcess.Run(Prepare(folder, catalog));
        Assert.True(exit == 0, output);
        Assert.Contains($"8 files to be made in {folder}", output, StringComparison.Ordinal);
        Assert.Contains($"{Clips} of {Clips} videos are prepared (8 now", output, StringComparison.Ordinal);
        Assert.Equal(Clips, Directory.GetFiles(folder, "*.mp4").Length);
        Assert.Empty(Directory.GetFiles(folder, ".incomplete-*"));
        using (var read = VideoCatalog.OpenExisting(catalog))
            Assert.Equal(Clips, read.List().Count(video => video.Prepared is { Fault: null }));
        Assert.Contains("Nothing is to be made", CaclProcess.Run(Prepare(folder, catalog)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_listed_and_a_collection_of_nothing_else_fails()
    {
        MadeClips.Require();
        var videos = Directory.CreateDirectory(runs.Folder("mixed")).FullName;
        var (folder, catalog) = (runs.Folder("mixed-out"), runs.Folder("mixed.sqlite"));
        File.WriteAllText(Path.Combine(videos, "text.mp4"), "Nothing to see here.");
        string[] command = ["videos", "prepare", videos, folder, "--catalog", catalog];
        CaclProcess.AssertRefused(CaclProcess.Run(command), "1 are no videos:", "could be prepared; the lines above say why");
        File.Copy(Directory.GetFiles(runs.Clips).Order().First(), Path.Combine(videos, "clip.mp4"));
        var (exit, output) = CaclProcess.Run([.. command, "--estimate"]);
        Assert.True(exit == 0, output);
        Assert.Contains("By the beginnings of 1 they take", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "clip.mp4")));

        CaclProcess.AssertSuccess(CaclProcess.Run(command));
        var line = Assert.Single(File.ReadAllLines(Path.Combine(folder, "not-prepared.txt"))).Split('\t');
        Assert.Equal([Path.Combine(videos, "text.mp4"), "NotAVideo"], line[..2]);
        (exit, output) = CaclProcess.Run("videos", "list", videos, "--catalog", catalog);
        Assert.True(exit == 0, output);
        Assert.Contains("prepared (H.264, short side 256, GOP 8, CRF 20, ", output, StringComparison.Ordinal);
        Assert.Contains("1 usable video, 1 of them prepared.", output, StringComparison.Ordinal);
        // A training reads it; the test below looks at what it draws.
        output = Trained(
            runs.Folder("on-one"), catalog, 1, "--set", $"cacl.data.videos=[\"{videos}\"]", "--set", "cacl.data.max-bad-share=1");
        Assert.Contains("1 of 1 videos are read from their prepared files", output, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "clip.mp4"));
        Assert.Contains("not used: ", CaclProcess.Run("videos", "list", "--catalog", catalog).Output, StringComparison.Ordinal);
        CaclProcess.AssertRefused(CaclProcess.Run("videos", "prepare", videos, Path.Combine(videos, "small")), "lie one in the other");
    }

    [Fact]
    public void A_training_on_prepared_files_draws_the_same_samples_and_says_what_it_reads()
    {
        LongTests.Only("A preparation, three trainings and two explanations");
        var (folder, catalog) = (runs.Folder("files"), runs.Folder("files.sqlite"));
        CaclProcess.AssertSuccess(CaclProcess.Run(Prepare(folder, catalog)));
        var (with, without) = (runs.Folder("with"), runs.Folder("without"));
        var output = Trained(with, catalog, 3);
        Assert.Contains($"{Clips} of {Clips} videos are read from their prepared files", output, StringComparison.Ordinal);
        output = Trained(without, catalog, 3, "--set", "cacl.data.prepared=ignore");
        Assert.DoesNotContain("prepared files", output, StringComparison.Ordinal);
        Assert.StartsWith($"{Clips} of {Clips} videos, sha256 ", PreparedOf(with), StringComparison.Ordinal);
        Assert.Equal($"0 of {Clips} videos", PreparedOf(without));
        Assert.Equal(Facts(with).GetProperty("videos").GetString(), Facts(without).GetProperty("videos").GetString());
        var (explainedWith, explainedWithout) = (Explained(with), Explained(without));
        Assert.Equal(explainedWithout.GetProperty("samples").GetRawText(), explainedWith.GetProperty("samples").GetRawText());
        // The same samples, and pixels that differ slightly.
        Assert.NotEqual(SmallRuns.Losses(with), SmallRuns.Losses(without));
        Assert.Equal(FirstLoss(without), FirstLoss(with), 0.05);
        // Each is explained by what it read.
        Each.Holds(
            new[] { explainedWith, explainedWithout },
            step => Assert.Equal(0, step.GetProperty("replay").GetProperty("difference").GetDouble()));

        File.Delete(Path.Combine(folder, "clip-0003.mp4"));
        Directory.Delete(Path.Combine(with, "checkpoints", "step-00000003"), recursive: true);
        output = Trained(with, catalog, 3, "--resume");
        Assert.Contains($"{Clips - 1} of {Clips} videos are read from their prepared files", output, StringComparison.Ordinal);
        Assert.Contains("1 prepared files cannot be used", output, StringComparison.Ordinal);
        Assert.Contains("The run read other files until now", output, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(Path.Combine(with, "quarantine.jsonl")));
    }

    private static double FirstLoss(string run) =>
        double.Parse(SmallRuns.Losses(run)[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement Facts(string run) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement;

    private static string? PreparedOf(string run) => Facts(run).GetProperty("starts")[0].GetProperty("prepared").GetString();

    private static bool IsZombie(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true; // it went while it was looked at
        }
    }

    private static JsonElement Explained(string run)
    {
        using var process = CaclProcess.Start("explain", "--run", run, "--step", "3", "--json");
        Assert.True(process.WaitForExit() == 0, process.Output);
        return JsonDocument.Parse(string.Concat(process.StandardOutput)).RootElement;
    }

    private string Trained(string run, string catalog, int steps, params string[] more)
    {
        var (exit, output) = CaclProcess.Run(runs.Train(
            run,
            [
                "--set", $"cacl.data.catalog=\"{catalog}\"", "--set", $"cacl.training.max-steps={steps}",
                "--set", "cacl.checkpoints.every-steps=2", .. more,
            ]));
        Assert.True(exit == 0, output);
        return output;
    }

    private string[] Prepare(string folder, string catalog)
    {
        MadeClips.Require();
        return ["videos", "prepare", runs.Clips, folder, "--catalog", catalog, "--jobs", "1"];
    }
}
