using CACL.Data.DataSets;
using CACL.Testing;
using static CACL.Data.Tests.DataSets.SmallDataSets;

namespace CACL.Data.Tests.DataSets;

public sealed class FolderDataSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pairs_come_in_order_with_classes_and_colours()
    {
        var set = SegmentationDataSets.Open(DataSetKind.Folder, SmallDataSets.Folder(_folder.Path) + "/");
        Assert.Equal((DataSetKind.Folder, _folder.Path, "train", "val"), (set.Kind, set.Root, set.DefaultTrainSplit, set.DefaultTestSplit));
        Assert.Equal(["train", "val"], set.Splits);
        Assert.Equal(["a", "b"], set.Items("train").Select(i => i.Name));
        Assert.Equal([new("sky", 1, 2, 3), new("road", 0, 128, 0), new("red car", 200, 0, 0)], set.Classes);
        var (image, labels) = set.ReadPair(set.Items("val")[0]);
        Assert.Equal((6, 4, (byte)10, (byte)20, (byte)30), (image.Width, image.Height, image.Pixels[0], image.Pixels[1], image.Pixels[2]));
        Each.Holds(labels.Classes, c => Assert.Equal(1, c));
    }

    [Fact]
    public void A_set_like_CamVid_has_three_splits_its_classes_and_pixels_that_are_left_out()
    {
        var set = SegmentationDataSets.Open(DataSetKind.Folder, CamVid(_folder.Path));
        Assert.Equal([2, 1, 2], new[] { "train", "val", "test" }.Select(s => set.Items(s).Count));
        Assert.Equal((11, "sky", "bicyclist"), (set.Classes.Count, set.Classes[0].Name, set.Classes[^1].Name));
        foreach (var item in set.Splits.SelectMany(set.Items))
        {
            var (image, labels) = set.ReadPair(item);
            Assert.Equal((16, 12), (image.Width, image.Height));
            Assert.Equal(Enumerable.Range(0, 16 * 12).Select(i => i % 12 == 11 ? LabelMap.Ignored : (byte)(i % 12)), labels.Classes);
        }
    }

    [Fact]
    public void Folders_below_a_split_are_part_of_the_name_and_other_programs_files_are_left_alone()
    {
        SmallDataSets.Folder(_folder.Path);
        SmallDataSets.Image(_folder.File("images", "val", "sub", "c.jpg"));
        LabelPng.Of(6, 4, 0).Write(_folder.File("labels", "val", "sub", "c.png"));
        File.WriteAllText(_folder.File("labels", "val", "._c.png"), "");
        File.WriteAllText(_folder.File("images", "val", "Thumbs.db"), "");
        Assert.Equal(["c", "sub/c"], SegmentationDataSets.Open(DataSetKind.Folder, _folder.Path).Items("val").Select(i => i.Name));
    }

    [Theory]
    [InlineData("labels/val/c.png", "The image * has no label: *labels/val/c.png is missing.")]
    [InlineData("images/val/c.png", "*is empty*")]
    public void A_missing_half_is_named(string missing, string expected)
    {
        SmallDataSets.Folder(_folder.Path);
        File.Delete(_folder.File(missing));
        Matches(expected, SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
    }

    [Fact]
    public void Several_faults_are_counted_and_the_verb_that_lists_them_is_named()
    {
        SmallDataSets.Folder(_folder.Path);
        File.Delete(_folder.File("labels", "train", "a.png"));
        File.Delete(_folder.File("images", "train", "b.png"));
        Matches(
            "*a.png has no label*first of 2 faults*cacl datasets check --dataset folder --data * --all",
            SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "train"));
    }

    [Fact]
    public void Two_images_of_a_name_are_a_fault()
    {
        SmallDataSets.Folder(_folder.Path);
        SmallDataSets.Image(_folder.File("images", "val", "c.jpg"));
        Matches("*share the name c:*", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
    }

    [Fact]
    public void Sizes_that_differ_are_told_with_both_files()
    {
        SmallDataSets.Folder(_folder.Path);
        LabelPng.Of(4, 6, 1).Write(_folder.File("labels", "val", "c.png"));
        Matches(
            "The label *labels/val/c.png has 4×6 pixels, its image *images/val/c.png 6×4;*EXIF*",
            SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
    }

    [Fact]
    public void A_value_that_is_no_class_is_told_with_place_count_and_remedy()
    {
        SmallDataSets.Folder(_folder.Path);
        var label = LabelPng.Of(6, 4, 1);
        (label.Values[8], label.Values[9], label.Values[20]) = (3, 255, 3);
        label.Write(_folder.File("labels", "val", "c.png"));
        Matches("*c.png holds values that are no class: 3 (2 pixels), 255 (1 pixel); the first is 3 at column 2, row 1.*names 3 classes, "
            + "0 to 2.*\"ignore VALUE\"*", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
    }

    [Theory]
    [InlineData("ignore 3 255")]
    [InlineData("ignore")]
    public void A_declared_value_is_left_out(string line)
    {
        SmallDataSets.Folder(_folder.Path, $"sky\nroad\ncar\n{line}\n");
        var label = LabelPng.Of(6, 4, 1);
        (label.Values[0], label.Values[1]) = (3, 255);
        label.Write(_folder.File("labels", "val", "c.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Folder, _folder.Path);
        Assert.Equal([255, 255, 1], set.ReadLabels(set.Items("val")[0]).Classes[..3]);
    }

    [Fact]
    public void What_is_declared_leaves_out_nothing_else()
    {
        SmallDataSets.Folder(_folder.Path, "sky\nroad\ncar\nignore 255\n");
        LabelPng.Of(6, 4, 254).Write(_folder.File("labels", "val", "c.png"));
        Matches("*no class: 254 (24 pixels)*and leaves out 255*", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
    }

    [Fact]
    public void A_data_set_that_cannot_be_edited_is_declared_beside_it()
    {
        var original = SmallDataSets.Folder(_folder.File("original"), "sky\n");
        var beside = Directory.CreateDirectory(_folder.File("beside")).FullName;
        foreach (var part in new[] { "images", "labels" })
            Directory.CreateSymbolicLink(Path.Combine(beside, part), Path.Combine(original, part));
        File.WriteAllText(Path.Combine(beside, "classes.txt"), "sky\nignore 1\n");
        Matches("*no class: 1*", SmallDataSets.FaultOf(DataSetKind.Folder, original, "val"));
        var set = SegmentationDataSets.Open(DataSetKind.Folder, beside);
        Each.Holds(set.ReadLabels(set.Items("val")[0]).Classes, c => Assert.Equal(LabelMap.Ignored, c));
    }

    [Theory]
    [InlineData("sky\n\nroad\n", "line 2, is empty")]
    [InlineData("sky\nsky 1 2 3\n", "line 2, names the class sky a second time")]
    [InlineData("sky 1 2 300\n", "line 1, gives a colour with 300 in it")]
    [InlineData("sky\nignore void\n", "line 2, holds void in place of a label value")]
    [InlineData("sky\nroad\nignore 1\n", "1 is the class road")]
    [InlineData("# nothing\n", "names no class")]
    public void A_list_of_classes_that_says_nothing_sensible_is_refused(string text, string expected)
    {
        SmallDataSets.Folder(_folder.Path, text);
        Assert.Contains(expected, SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_camvids_own_list_leaves_11_out_undeclared()
    {
        const string camVid = "Sky\nBuilding\npole\nroad\npavement\ntree\nsignsymbol\nfence\ncar\npedestrian\nbicyclist\n";
        SmallDataSets.Folder(_folder.File("camvid"), camVid);
        SmallDataSets.Folder(_folder.File("other"), camVid.Replace("fence", "hedge", StringComparison.Ordinal));
        foreach (var root in new[] { _folder.File("camvid"), _folder.File("other") })
            LabelPng.Of(6, 4, 11).Write(Path.Combine(root, "labels", "val", "c.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Folder, _folder.File("camvid"));
        Each.Holds(set.ReadLabels(set.Items("val")[0]).Classes, c => Assert.Equal(LabelMap.Ignored, c));
        Matches("*no class: 11*", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.File("other"), "val"));
        LabelPng.Of(6, 4, 12).Write(_folder.File("camvid", "labels", "val", "c.png"));
        Matches("*no class: 12*", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.File("camvid"), "val"));
    }

    [Fact]
    public void A_missing_split_and_a_missing_part_say_what_is_there()
    {
        SmallDataSets.Folder(_folder.Path);
        Matches(
            "The split test * is missing. Splits that can: train, val.", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "test"));
        Directory.Delete(_folder.File("labels"), recursive: true);
        Matches(
            "*labels is missing.*laid out as images/*holds classes.txt, images/.",
            SmallDataSets.FaultOf(DataSetKind.Folder, _folder.Path, "val"));
        Matches("There is no folder *", SmallDataSets.FaultOf(DataSetKind.Folder, _folder.File("nowhere"), "val"));
    }
}
