using CACL.Data.DataSets;
using CACL.Data.DataSets.Checking;
using CACL.Testing;

namespace CACL.Data.Tests.DataSets;

/// <summary>
/// Tests samples of the real data sets, if ../shared has them. Hand-made data sets of each layout test the same guarantees.
/// </summary>
public sealed class RealDataSetTests
{
    public static IEnumerable<TheoryDataRow<DataSetKind, string>> Samples => Workspace.Lack("data", "camvid") is { } lack
        ? [new TheoryDataRow<DataSetKind, string>(DataSetKind.Folder, "") { Skip = lack }]
        :
        [
            new(DataSetKind.Folder, "camvid"),
            new(DataSetKind.Cityscapes, "cityscapes-sample"),
            new(DataSetKind.Voc, "voc-sample"),
        ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_read_as_its_makers_meant_it(DataSetKind kind, string folder)
    {
        var root = Workspace.Shared("data", folder);
        var set = SegmentationDataSets.Open(kind, root);
        switch (kind)
        {
            case DataSetKind.Folder: CamVid(set); break;
            case DataSetKind.Cityscapes: Cityscapes(set); break;
            default: Voc(set); break;
        }

        // CamVid has seven hundred images: it needs tools/test --long.
        if (kind == DataSetKind.Folder && !LongTests.Wanted) return;
        Assert.Empty(DataSetCheck.Run(kind, root, 2, new Progress<DataSetCheckProgress>(), TestContext.Current.CancellationToken).Faults);
    }

    private static void CamVid(ISegmentationDataSet set)
    {
        Assert.Equal([367, 101, 233], new[] { "train", "val", "test" }.Select(s => set.Items(s).Count));
        var (image, labels) = set.ReadPair(set.Items("val")[0]);
        Assert.Equal((480, 360), (image.Width, image.Height));
        Assert.Contains(LabelMap.Ignored, labels.Classes);
    }

    private static void Cityscapes(ISegmentationDataSet set)
    {
        Assert.Equal(
            ["aachen/aachen_000000_000019", "aachen/aachen_000003_000019", "aachen/aachen_000005_000019"],
            set.Items("train").Select(i => i.Name));
        var item = Assert.Single(set.Items("val"));
        var trainIds = item with { LabelPath = item.LabelPath.Replace("labelIds", "labelTrainIds", StringComparison.Ordinal) };
        var (ids, classes) = (set.ReadLabels(item).Classes, set.ReadLabels(trainIds).Classes);
        // The two maps of this sample were scaled down separately: a few pixels at borders differ.
        Assert.InRange(ids.Zip(classes).Count(p => p.First != p.Second), 0, ids.Length / 200);
    }

    private static void Voc(ISegmentationDataSet set)
    {
        // 2007_000032 shows two aeroplanes and two persons; 2007_000063 shows a dog in front of a chair.
        Assert.Equal(["background", "aeroplane", "person"], ClassesOf(set, "2007_000032"));
        Assert.Equal(["background", "chair", "dog"], ClassesOf(set, "2007_000063"));
    }

    private static IEnumerable<string> ClassesOf(ISegmentationDataSet set, string name)
    {
        var item = set.Splits.SelectMany(set.Items).Single(i => i.Name == name);
        return set.ReadPair(item).Labels.Classes.Distinct().Where(c => c != LabelMap.Ignored).Order().Select(c => set.Classes[c].Name);
    }
}
