using CACL.Data.DataSets;
using CACL.Testing;
using static CACL.Data.Tests.DataSets.SmallDataSets;

namespace CACL.Data.Tests.DataSets;

public sealed class CityscapesDataSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Label_ids_become_the_classes_of_the_table()
    {
        Cityscapes(_folder.Path);
        (LabelPng.Of(256, 1, 0) with { Values = [.. Enumerable.Range(0, 256).Select(v => (ushort)v)] })
            .Write(_folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_labelIds.png"));
        var set = SegmentationDataSets.Open(DataSetKind.Cityscapes, _folder.Path);
        var item = Assert.Single(set.Items("val"));
        Assert.Equal("bonn/bonn_1", item.Name);
        var expected = Enumerable.Repeat(LabelMap.Ignored, 256).ToArray();
        // This is the list of METHOD.md §8.
        foreach (
            var (id, c) in new[] { (7, 0), (8, 1), (11, 2), (12, 3), (13, 4), (17, 5), (19, 6), (20, 7), (21, 8), (22, 9), (23, 10),
                (24, 11), (25, 12), (26, 13), (27, 14), (28, 15), (31, 16), (32, 17), (33, 18) })
            expected[id] = (byte)c;
        Assert.Equal(expected, set.ReadLabels(item).Classes);
        Assert.Equal((19, "road", "bicycle"), (set.Classes.Count, set.Classes[0].Name, set.Classes[^1].Name));
    }

    [Fact]
    public void Training_ids_are_read_where_label_ids_are_missing()
    {
        Cityscapes(_folder.Path);
        var labels = _folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_");
        LabelPng.Of(Width, Height, 18).Write(labels + "labelTrainIds.png");
        Assert.Equal(0, FirstClass("val"));
        File.Delete(labels + "labelIds.png");
        Assert.Equal(18, FirstClass("val"));
        LabelPng.Of(Width, Height, 19).Write(labels + "labelTrainIds.png");
        Matches("*no class: 19 (24 pixels)*the classes 0 to 18*", FaultOf(DataSetKind.Cityscapes, _folder.Path, "val"));
        File.Delete(labels + "labelTrainIds.png");
        Matches(
            "The image *bonn_1_leftImg8bit.png has no label: *bonn_1_gtFine_labelIds.png (or _labelTrainIds.png) is missing.",
            FaultOf(DataSetKind.Cityscapes, _folder.Path, "val"));
    }

    [Fact]
    public void Label_ids_and_training_ids_of_one_picture_are_the_same_classes()
    {
        Cityscapes(_folder.Path);
        var labels = _folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_");
        // The labels are road, sidewalk, building, sky, car and bicycle, then the ego vehicle, which is no class.
        ushort[] ids = [7, 8, 11, 23, 26, 33, 1], trainIds = [0, 1, 2, 10, 13, 18, 255];
        new LabelPng(7, 1, 8, LabelPng.Grey, false, ids).Write(labels + "labelIds.png");
        new LabelPng(7, 1, 8, LabelPng.Grey, false, trainIds).Write(labels + "labelTrainIds.png");
        var set = SegmentationDataSets.Open(DataSetKind.Cityscapes, _folder.Path);
        var item = Assert.Single(set.Items("val"));
        Assert.Equal(trainIds.Select(id => (byte)id), set.ReadLabels(item).Classes);
        Assert.Equal(trainIds.Select(id => (byte)id), set.ReadLabels(item with { LabelPath = labels + "labelTrainIds.png" }).Classes);
    }

    [Fact]
    public void Instances_named_as_labels_are_refused()
    {
        Cityscapes(_folder.Path);
        new LabelPng(Width, Height, 16, LabelPng.Grey, false, [.. Enumerable.Repeat((ushort)26001, Width * Height)])
            .Write(_folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_labelIds.png"));
        Matches("*no class: 26001*larger numbers are instances*", FaultOf(DataSetKind.Cityscapes, _folder.Path, "val"));
    }

    [Fact]
    public void The_folders_that_the_archives_are_unpacked_into_are_found()
    {
        Cityscapes(_folder.File("plain"));
        foreach (var part in new[] { "leftImg8bit", "gtFine" })
        {
            var nested = Directory.CreateDirectory(_folder.File("nested", part + "_trainvaltest")).FullName;
            Directory.Move(_folder.File("plain", part), Path.Combine(nested, part));
        }

        Assert.Equal(["train", "val"], SegmentationDataSets.Open(DataSetKind.Cityscapes, _folder.File("nested")).Splits);
    }

    [Fact]
    public void A_wrong_folder_is_told_with_what_was_expected_and_found()
    {
        Cityscapes(_folder.Path);
        Matches(
            "*leftImg8bit is missing, or holds neither train nor val.*leftImg8bit holds train/, val/. Name the folder above it.",
            FaultOf(DataSetKind.Cityscapes, _folder.File("leftImg8bit"), "val"));
        Directory.Delete(_folder.File("gtFine"), recursive: true);
        Matches("*gtFine is missing*holds leftImg8bit/.", FaultOf(DataSetKind.Cityscapes, _folder.Path, "val"));
    }

    [Fact]
    public void A_test_split_without_labels_is_no_split_to_score()
    {
        Cityscapes(_folder.Path);
        Image(_folder.File("leftImg8bit", "test", "berlin", "berlin_1_leftImg8bit.png"));
        Assert.Equal(["train", "val"], SegmentationDataSets.Open(DataSetKind.Cityscapes, _folder.Path).Splits);
        Matches(
            "The split test of * cannot be used: *gtFine/test is missing. Splits that can: train, val.",
            FaultOf(DataSetKind.Cityscapes, _folder.Path, "test"));
    }

    private byte FirstClass(string split)
    {
        var set = SegmentationDataSets.Open(DataSetKind.Cityscapes, _folder.Path);
        return set.ReadLabels(set.Items(split)[0]).Classes[0];
    }
}
