using CACL.Data.DataSets;
using CACL.Testing;

namespace CACL.Data.Tests.DataSets;

public sealed class RealDataSetTests
{
    [Fact]
    public void CamVid_has_its_three_splits()
    {
        var set = SegmentationDataSets.Open(DataSetKind.Folder, Workspace.Shared("data", "camvid"));
        Assert.Equal([367, 101, 233], new[] { "train", "val", "test" }.Select(s => set.Items(s).Count));
        var (image, labels) = set.ReadPair(set.Items("val")[0]);
        Assert.Equal((480, 360), (image.Width, image.Height));
        Assert.Contains(LabelMap.Ignored, labels.Classes);
    }

    [Fact]
    public void Cityscapes_label_ids_agree_with_its_training_ids()
    {
        var set = SegmentationDataSets.Open(DataSetKind.Cityscapes, Workspace.Shared("data", "cityscapes-sample"));
        Assert.Equal(["aachen/aachen_000000_000019", "aachen/aachen_000003_000019", "aachen/aachen_000005_000019"], set.Items("train").Select(i => i.Name));
        var item = Assert.Single(set.Items("val"));
        var trainIds = item with { LabelPath = item.LabelPath.Replace("labelIds", "labelTrainIds", StringComparison.Ordinal) };
        var (ids, classes) = (set.ReadLabels(item).Classes, set.ReadLabels(trainIds).Classes);
        // The two maps of this sample were scaled down apart: a few pixels at borders differ.
        Assert.InRange(ids.Zip(classes).Count(p => p.First != p.Second), 0, ids.Length / 200);
    }

    [Fact]
    public void Voc_palettes_are_read_as_indices()
    {
        var set = SegmentationDataSets.Open(DataSetKind.Voc, Workspace.Shared("data", "voc-sample"));
        // 2007_000032 shows two aeroplanes and two persons; 2007_000063 a dog before a chair.
        Assert.Equal(["background", "aeroplane", "person"], ClassesOf(set, "2007_000032"));
        Assert.Equal(["background", "chair", "dog"], ClassesOf(set, "2007_000063"));
    }

    private static IEnumerable<string> ClassesOf(ISegmentationDataSet set, string name)
    {
        var item = set.Splits.SelectMany(set.Items).Single(i => i.Name == name);
        return set.ReadPair(item).Labels.Classes.Distinct().Where(c => c != LabelMap.Ignored).Order().Select(c => set.Classes[c].Name);
    }
}
