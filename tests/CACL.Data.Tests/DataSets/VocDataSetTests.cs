using CACL.Data.DataSets;
using CACL.Testing;
using static CACL.Data.Tests.DataSets.SmallDataSets;

namespace CACL.Data.Tests.DataSets;

public sealed class VocDataSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("VOC2012")]
    [InlineData("VOCdevkit/VOC2012")]
    public void The_root_may_lie_above(string below)
    {
        Voc(_folder.File(below));
        var set = SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path);
        Assert.Equal((_folder.Path, "train", "val"), (set.Root, set.DefaultTrainSplit, set.DefaultTestSplit));
        var (image, labels) = set.ReadPair(Assert.Single(set.Items("val")));
        Assert.Equal((Width, Height, "person"), (image.Width, image.Height, set.Classes[labels.Classes[0]].Name));
    }

    [Theory]
    [InlineData(LabelPng.Grey)]
    [InlineData(LabelPng.Palette)]
    public void Palette_and_grey_labels_hold_the_same_classes(int colourType)
    {
        Voc(_folder.Path);
        (LabelPng.Of(Width, Height, 20) with { ColourType = colourType }).Write(_folder.File("SegmentationClass", "2007_2.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path);
        Each.Holds(set.ReadLabels(set.Items("val")[0]).Classes, c => Assert.Equal(20, c));
    }

    [Fact]
    public void A_palette_label_is_read_as_indices_and_its_border_is_left_out()
    {
        Voc(_folder.Path);
        // The picture shows a dog in front of a chair, each surrounded by a border of 255.
        ushort[] indices = [0, 0, 255, 12, 12, 255, 9, 9, 255, 0, 0, 0, 0, 255, 12, 12, 12, 255, 9, 255, 0, 0, 0, 0];
        new LabelPng(Width, Height, 8, LabelPng.Palette, false, indices).Write(_folder.File("SegmentationClass", "2007_2.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path);
        var classes = set.ReadLabels(Assert.Single(set.Items("val"))).Classes;
        Assert.Equal(indices.Select(i => i == 255 ? LabelMap.Ignored : (byte)i), classes);
        Assert.Equal(
            ["background", "chair", "dog"],
            classes.Distinct().Where(c => c != LabelMap.Ignored).Order().Select(c => set.Classes[c].Name));
    }

    [Fact]
    public void Classes_have_the_official_names_and_colours()
    {
        Voc(_folder.Path);
        var classes = SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path).Classes;
        Assert.Equal(21, classes.Count);
        Assert.Equal([new("background", 0, 0, 0), new("aeroplane", 128, 0, 0), new("bicycle", 0, 128, 0)], classes.Take(3));
        Assert.Equal([new("train", 128, 192, 0), new("tvmonitor", 0, 64, 128)], classes.Skip(19));
    }

    [Fact]
    public void The_extra_labels_are_the_default_to_train_on_where_they_are()
    {
        Voc(_folder.Path);
        List(_folder.Path, "trainaug", "/JPEGImages/2007_1.jpg /SegmentationClassAug/2007_1.png", "");
        Assert.Equal("train", SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path).DefaultTrainSplit);
        LabelPng.Of(Width, Height, 7).Write(_folder.File("SegmentationClassAug", "2007_1.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path);
        Assert.Equal("trainaug", set.DefaultTrainSplit);
        Assert.Equal(7, set.ReadLabels(set.Items("trainaug")[0]).Classes[0]);
        Assert.Equal(15, set.ReadLabels(set.Items("train")[0]).Classes[0]);
    }

    [Fact]
    public void Without_the_plain_labels_the_extra_ones_serve_every_split()
    {
        Voc(_folder.Path);
        Directory.Move(_folder.File("SegmentationClass"), _folder.File("SegmentationClassAug"));
        Assert.Single(SegmentationDataSets.Open(DataSetKind.Voc, _folder.Path).Items("val"));
    }

    [Fact]
    public void A_label_missing_among_the_plain_ones_is_not_taken_from_the_extra_ones()
    {
        Voc(_folder.Path);
        LabelPng.Of(Width, Height, 7).Write(_folder.File("SegmentationClassAug", "2007_2.png"));
        File.Delete(_folder.File("SegmentationClass", "2007_2.png"));
        Matches(
            "*SegmentationClass/2007_2.png is missing; line 1 of *val.txt names 2007_2.", FaultOf(DataSetKind.Voc, _folder.Path, "val"));
    }

    [Fact]
    public void A_list_that_is_wrong_names_its_line()
    {
        Voc(_folder.Path);
        List(_folder.Path, "val", "2007_2", "", "2007_9");
        Matches("*2007_9.jpg is missing; line 3 of *first of 2 faults*", FaultOf(DataSetKind.Voc, _folder.Path, "val"));
        List(_folder.Path, "val", "2007_2", "2007_2");
        Matches("*val.txt names 2007_2 twice, in the lines 1 and 2.*", FaultOf(DataSetKind.Voc, _folder.Path, "val"));
        List(_folder.Path, "val");
        Matches("The split val of * is empty: *", FaultOf(DataSetKind.Voc, _folder.Path, "val"));
        Matches("The split test of *test.txt is missing. Splits that can: train, val.", FaultOf(DataSetKind.Voc, _folder.Path, "test"));
    }

    [Fact]
    public void A_label_in_colours_and_a_value_between_classes_and_border_are_refused()
    {
        Voc(_folder.Path);
        Image(_folder.File("SegmentationClass", "2007_2.png"));
        Matches(
            "The label *2007_2.png is a picture in colours, not one of class indices: a palette image that was read as colours*",
            FaultOf(DataSetKind.Voc, _folder.Path, "val"));
        LabelPng.Of(Width, Height, 147).Write(_folder.File("SegmentationClass", "2007_2.png")); // the grey value of person's colour
        Matches(
            "*no class: 147 (24 pixels); the first is 147 at column 0, row 0. *shades of grey*",
            FaultOf(DataSetKind.Voc, _folder.Path, "val"));
    }

    [Fact]
    public void A_wrong_folder_is_told_with_what_was_expected_and_found() =>
        Matches("* is not a PASCAL VOC data set: there is no folder JPEGImages in it*holds nothing.", FaultOf(DataSetKind.Voc, _folder.Path, "val"));
}
