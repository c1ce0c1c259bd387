using System.Diagnostics;
using System.Text.Json;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests trainings on a folder of still images, as the program in processes of its own.</summary>
public sealed class ImageFolderTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Sound = 13;

    [Fact]
    public void A_training_on_images_that_was_killed_goes_on_with_the_losses_of_one_that_was_not_and_can_be_explained()
    {
        LongTests.Only("Three trainings on images and an explanation");
        var (images, damaged) = Images("folder");
        var (whole, killed) = (runs.Folder("images"), runs.Folder("images-killed"));
        var output = Trained(whole, images);
        Assert.Contains($"{Sound + 1} of {Sound + 2} images are usable", output, StringComparison.Ordinal); // by their headers
        Assert.Contains($"{Sound + 1} of {Sound + 2} images are used; unusable: 1", output, StringComparison.Ordinal);
        using (var process = CaclProcess.Start(Train(killed, images)))
        {
            process.Until(() => SmallRuns.Steps(killed) >= 8);
            process.Kill();
            process.WaitForExit();
        }

        CaclProcess.AssertSuccess(CaclProcess.Run(Train(killed, images, "--resume", "--set", "cacl.data.decoders=1")));
        Assert.Equal(16, SmallRuns.Losses(whole).Length);
        Assert.Equal(SmallRuns.Losses(whole), SmallRuns.Losses(killed));

        // Its header is in order: it is found out when its turn comes.
        var quarantined = File.ReadLines(Path.Combine(whole, "quarantine.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Single(line => line.GetProperty("found_by").GetString() == "decode");
        Assert.Equal((damaged, "Corrupt"), (quarantined.GetProperty("path").GetString(), quarantined.GetProperty("reason").GetString()));
        Assert.StartsWith(
            $"The image {damaged} cannot be decoded whole", quarantined.GetProperty("message").GetString(), StringComparison.Ordinal);

        var (exit, explained) = CaclProcess.Run("explain", "--run", whole, "--step", "16");
        Assert.True(exit == 0, explained);
        Assert.Contains(".JPEG  image ", explained, StringComparison.Ordinal);
        Assert.Contains("Reproduced to the bit", explained, StringComparison.Ordinal);

        (exit, var list) = CaclProcess.Run("videos", "list", "--catalog", Catalog(images));
        Assert.True(exit == 0, list);
        Assert.Contains("         image      96x80  mjpeg  ", list, StringComparison.Ordinal);
        Assert.Contains($"{Sound + 1} usable images, 0 of them prepared.", list, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_of_two_frames_leave_images_out_beside_videos_and_need_a_stride_of_0_without()
    {
        var (images, _) = Images("mixed");
        var catalog = Catalog(images);
        string[] two = ["--set", "cacl.data.stride=8", "--set", "cacl.training.max-steps=1"];
        CaclProcess.AssertRefused(
            CaclProcess.Run(Train(runs.Folder("two-frames"), images, two)),
            $"{Sound + 1} still images, of which a pair takes two views only with cacl.data.stride = 0");
        CaclProcess.AssertRefused(
            CaclProcess.Run("videos", "scan", images, "--catalog", catalog),
            $"0 of {Sound + 2} images are usable", $"{Sound + 1} are still images, of which a pair takes two views",
            "No usable image was found");

        foreach (var clip in Directory.GetFiles(runs.Clips).Order().Take(4)) File.Copy(clip, Path.Combine(images, Path.GetFileName(clip)));
        CaclProcess.AssertSuccess(CaclProcess.Run("videos", "scan", images, "--catalog", catalog));
        var output = Trained(runs.Folder("mixed-2"), images, two);
        Assert.Contains("4 of 5 videos are used; unusable: 1", output, StringComparison.Ordinal);
        Assert.Contains($"{Sound + 1} still images beside them are left out", output, StringComparison.Ordinal);
        output = Trained(runs.Folder("mixed-0"), images, "--set", "cacl.training.max-steps=2");
        Assert.Contains($"{Sound + 5} of {Sound + 6} videos and images are used", output, StringComparison.Ordinal);
    }

    private static string Catalog(string images) => images + ".sqlite";

    private string Trained(string run, string images, params string[] more)
    {
        var (exit, output) = CaclProcess.Run(Train(run, images, more));
        Assert.True(exit == 0, output);
        return output;
    }

    // The first of two settings of one key would hold no longer, so what a test changes comes last.
    private string[] Train(string run, string images, params string[] more) => runs.Train(
        run,
        [
            "--set", $"cacl.data.videos=[\"{images}\"]", "--set", $"cacl.data.catalog={Catalog(images)}", "--set", "cacl.data.stride=0",
            .. more,
        ]);

    /// <summary>
    /// Makes thirteen images, flat and in folders of classes, one that is damaged between its header and its end, and one that is cut.
    /// </summary>
    private (string Folder, string Damaged) Images(string name)
    {
        MadeClips.Require();
        var folder = runs.Folder(name);
        foreach (var below in new[] { "n01440764", "n01443537/more" }) Directory.CreateDirectory(Path.Combine(folder, below));
        Make(6, Path.Combine(folder, "n01440764", "n01440764_%d.JPEG"));
        Make(6, Path.Combine(folder, "n01443537/more", "%d.jpg"));
        Make(1, Path.Combine(folder, "flat%d.PNG"));
        var sound = File.ReadAllBytes(Path.Combine(folder, "n01440764", "n01440764_1.JPEG"));
        var damaged = Path.Combine(folder, "n01440764", "damaged.JPEG");
        File.WriteAllBytes(damaged, [.. sound[..(sound.Length / 2)], .. sound[^2..]]);
        File.WriteAllBytes(Path.Combine(folder, "cut.jpg"), sound[..(sound.Length / 2)]);
        return (folder, damaged);
    }

    private static void Make(int count, string pattern)
    {
        using var ffmpeg = Process.Start("ffmpeg", [
            "-nostdin", "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=96x80", "-frames:v", $"{count}", "-q:v", "3", "-f", "image2",
            pattern,
        ]);
        Assert.True(ffmpeg.WaitForExit(TimeSpan.FromMinutes(1)) && ffmpeg.ExitCode == 0);
    }
}
