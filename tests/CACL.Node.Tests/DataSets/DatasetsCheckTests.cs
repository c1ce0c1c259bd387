using System.Text.Json;
using CACL.Node.Demo;
using CACL.Node.Ending;
using CACL.Node.Tests.Commands;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.DataSets;

public sealed class DatasetsCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_data_set_is_told_as_a_table()
    {
        Small(valueOfLast: 1);
        var (status, output, error) = Check("folder", _folder.Path);
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Matches(@"train\s+3 pairs  4×2  sha256 [0-9a-f]{12}…", output);
        Assert.Matches(@"class\s+train %\s+images", output);
        Assert.Matches(@"0  sky\s+66\.667\s+2", output);
        Assert.Matches(@"1  road\s+33\.333\s+1", output);
        Assert.Contains("There is no split val", output, StringComparison.Ordinal);
        Assert.EndsWith("No faults.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_told_and_fail_the_verb()
    {
        Small(valueOfLast: 5);
        var (status, output, _) = Check("folder", _folder.Path);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(
            $"1 fault:\n  train: The label {_folder.File("labels", "train", "2.png")} holds a value that is no class: 5 (8 pixels)", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_faults_are_told_unless_all_are_asked_for()
    {
        Small(valueOfLast: 1);
        for (var i = 0; i < 30; i++) File.WriteAllText(_folder.File("images", "train", $"alone{i:00}.png"), "");
        var some = Check("folder", _folder.Path).Output;
        Assert.Contains("30 faults:", some, StringComparison.Ordinal);
        Assert.Contains("… and 10 more: --all", some, StringComparison.Ordinal);
        Assert.DoesNotContain("alone29", some, StringComparison.Ordinal);
        Assert.Contains("alone29", Check("folder", _folder.Path, "--all").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_line_with_every_fault()
    {
        Small(valueOfLast: 5);
        var (status, output, _) = Check("folder", _folder.Path, "--json");
        Assert.Equal(ExitCodes.Failure, status);
        using var json = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        var split = Assert.Single(json.RootElement.GetProperty("splits").EnumerateArray());
        Assert.Equal((2, 16L), (split.GetProperty("pairs").GetInt32(), split.GetProperty("pixels").GetInt64()));
        Assert.Equal(["sky", "road"], split.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        Assert.Equal(
            _folder.File("labels", "train", "2.png"),
            Assert.Single(json.RootElement.GetProperty("faults").EnumerateArray()).GetProperty("path").GetString());
    }

    [Fact]
    public void A_folder_that_is_no_such_data_set_is_told_without_a_stack_trace()
    {
        var (status, output, error) = Check("voc", _folder.Path);
        Assert.Equal((ExitCodes.Failure, ""), (status, output));
        Assert.StartsWith($"{_folder.Path} is not a PASCAL VOC data set", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, Check("coco", _folder.Path).Status);
    }

    [Fact]
    public async Task The_demos_data_set_is_sound()
    {
        await new SyntheticClips(_folder.Path, seed: 3).MakeAsync(5, _ => { }, TestContext.Current.CancellationToken);
        var (status, output, error) = Check("folder", _folder.File("dataset"));
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Matches(@"train\s+8 pairs  256×192", output);
        Assert.Matches(@"val\s+2 pairs  256×192", output);
        Assert.EndsWith("No faults.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Cityscapes_and_VOC_are_checked_as_they_are_laid_out()
    {
        foreach (var split in new[] { "train/ulm/ulm_1", "val/bonn/bonn_1" })
        {
            Grey(_folder.File("cityscapes", "leftImg8bit", split + "_leftImg8bit.png"), 90);
            Grey(_folder.File("cityscapes", "gtFine", split + "_gtFine_labelIds.png"), 26);
        }

        Directory.CreateDirectory(_folder.File("voc", "ImageSets", "Segmentation"));
        foreach (var split in new[] { "train", "val" })
        {
            Grey(_folder.File("voc", "JPEGImages", split + "_1.jpg"), 90);
            Grey(_folder.File("voc", "SegmentationClass", split + "_1.png"), 15);
            File.WriteAllText(_folder.File("voc", "ImageSets", "Segmentation", split + ".txt"), split + "_1\n");
        }

        foreach (var (kind, row) in new[] { ("cityscapes", @"13  car\s+100\.000"), ("voc", @"15  person\s+100\.000") })
        {
            var (status, output, error) = Check(kind, _folder.File(kind));
            Assert.Equal((ExitCodes.Success, ""), (status, error));
            Assert.Matches(@"train\s+1 pairs?  4×2", output);
            Assert.Matches(row, output);
            Assert.EndsWith("No faults.\n", output, StringComparison.Ordinal);
        }
    }

    private static (int Status, string Output, string Error) Check(string kind, string root, params string[] more) =>
        CommandLine.Run(["datasets", "check", "--dataset", kind, "--data", root, .. more]);

    /// <summary>Makes three pairs of 4×2 pixels and two classes; the first two labels are all sky.</summary>
    private void Small(byte valueOfLast)
    {
        File.WriteAllText(_folder.File("classes.txt"), "sky\nroad\n");
        foreach (var part in new[] { "images", "labels" }) Directory.CreateDirectory(_folder.File(part, "train"));
        for (var i = 0; i < 3; i++)
        {
            var name = $"{i}.png";
            Grey(_folder.File("images", "train", name), 90);
            Grey(_folder.File("labels", "train", name), i == 2 ? valueOfLast : (byte)0);
        }
    }

    private static void Grey(string path, byte value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var bitmap = new SKBitmap(4, 2, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.GetPixelSpan().Fill(value);
        using var data = bitmap.Encode(Path.GetExtension(path) == ".jpg" ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}
