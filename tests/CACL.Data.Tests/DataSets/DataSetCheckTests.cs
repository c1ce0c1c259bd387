using CACL.Data.DataSets;
using CACL.Data.DataSets.Checking;
using CACL.Testing;
using static CACL.Data.Tests.DataSets.SmallDataSets;

namespace CACL.Data.Tests.DataSets;

public sealed class DataSetCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_data_set_is_counted()
    {
        Folder(_folder.Path, "sky\nroad\ncar\nignore 9\n");
        var label = LabelPng.Of(Width, Height, 1);
        (label.Values[0], label.Values[1], label.Values[2]) = (2, 9, 9);
        label.Write(_folder.File("labels", "train", "a.png"));
        var report = Check(DataSetKind.Folder);
        Assert.Empty(report.Faults);
        var train = report.Splits[0];
        Assert.Equal(("train", 2, 48L, 2L), (train.Split, train.Pairs, train.Pixels, train.LeftOutPixels));
        Assert.Equal([new ClassCount(0, 0), new ClassCount(45, 2), new ClassCount(1, 1)], train.Classes);
        Assert.Equal([new SizeCount(Width, Height, 2)], train.Sizes);
        Assert.Equal(DataSetHash.Of(SegmentationDataSets.Open(DataSetKind.Folder, _folder.Path), "train"), train.Sha256);
        Assert.Contains("Never labelled in any split: sky.", report.Notes);
    }

    [Fact]
    public void Every_fault_is_found_and_the_sound_pairs_are_still_counted()
    {
        Folder(_folder.Path);
        Image(_folder.File("images", "train", "alone.jpg"));
        LabelPng.Of(Width, Height, 1).Write(_folder.File("labels", "train", "orphan.png"));
        Pair("both-broken", "no image"u8.ToArray(), "no label"u8.ToArray());
        Pair("outside", null, LabelPng.Of(Width, Height, 77).Bytes());
        Pair("size", null, LabelPng.Of(Width, Height + 1, 1).Bytes());
        Pair("cut", null, LabelPng.Of(Width, Height, 1).Bytes()[..60]);
        var report = Check(DataSetKind.Folder);
        Assert.Equal((2, 7), (report.Splits[0].Pairs, report.Splits[0].Faults));
        Assert.Null(report.Splits[0].Sha256);
        Assert.Equal(
            [
                "images alone.jpg", "images both-broken.png", "labels both-broken.png", "labels cut.png", "labels orphan.png",
                "labels outside.png", "labels size.png"],
            report.Faults.Select(f => $"{f.Path.Split('/')[^3]} {Path.GetFileName(f.Path)}"));
        Each.Holds(report.Faults, f => Assert.Equal("train", f.Split));
    }

    [Fact]
    public void A_test_split_without_labels_or_with_void_ones_is_a_note_but_train_is_a_fault()
    {
        Cityscapes(_folder.Path);
        Image(_folder.File("leftImg8bit", "test", "berlin", "berlin_1_leftImg8bit.png"));
        var report = Check(DataSetKind.Cityscapes);
        Assert.Empty(report.Faults);
        Assert.Contains(report.Notes, n => n.StartsWith("The split test has images, but no labels", StringComparison.Ordinal));
        LabelPng.Of(Width, Height, 3).Write(_folder.File("gtFine", "test", "berlin", "berlin_1_gtFine_labelIds.png"));
        Assert.Empty(Check(DataSetKind.Cityscapes).Faults);
        Directory.Delete(_folder.File("gtFine", "train"), recursive: true);
        Matches(
            "The split train of * cannot be used: *gtFine/train is missing.*", Assert.Single(Check(DataSetKind.Cityscapes).Faults).Message);
    }

    [Fact]
    public void Split_without_a_single_class_is_a_fault()
    {
        Cityscapes(_folder.Path);
        LabelPng.Of(Width, Height, 0).Write(_folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_labelIds.png"));
        Matches("Every pixel of the split val is left out:*", Assert.Single(Check(DataSetKind.Cityscapes).Faults).Message);
    }

    [Fact]
    public void Numbers_that_are_no_label_ids_are_read_as_left_out_but_told()
    {
        Cityscapes(_folder.Path);
        var label = LabelPng.Of(Width, Height, 7);
        label.Values[7] = 77;
        label.Write(_folder.File("gtFine", "val", "bonn", "bonn_1_gtFine_labelIds.png"));
        Matches(
            "*no class: 77 (1 pixel); the first is 77 at column 1, row 1; such pixels are left out.*",
            Assert.Single(Check(DataSetKind.Cityscapes).Faults).Message);
    }

    [Fact]
    public void Images_that_are_trained_on_and_scored_are_a_fault()
    {
        Voc(_folder.Path);
        List(_folder.Path, "train", "2007_1", "2007_2");
        Matches("1 image is in train as well as in val, *2007_2.jpg first:*", Assert.Single(Check(DataSetKind.Voc).Faults).Message);
    }

    [Fact]
    public void A_data_set_without_splits_is_refused()
    {
        Folder(_folder.Path);
        foreach (var part in new[] { "images", "labels" })
        {
            Directory.Delete(_folder.File(part), recursive: true);
            Directory.CreateDirectory(_folder.File(part));
        }

        Matches("* holds no split: *", Assert.Throws<DataSetException>(() => Check(DataSetKind.Folder)).Message);
    }

    [Fact]
    public void A_cancelled_check_ends()
    {
        Folder(_folder.Path);
        Assert.ThrowsAny<OperationCanceledException>(() => DataSetCheck.Run(
            DataSetKind.Folder, _folder.Path, 2, new Progress<DataSetCheckProgress>(), new CancellationToken(canceled: true)));
    }

    private DataSetReport Check(DataSetKind kind) =>
        DataSetCheck.Run(kind, _folder.Path, 2, new Progress<DataSetCheckProgress>(), TestContext.Current.CancellationToken);

    private void Pair(string name, byte[]? image, byte[] label)
    {
        var path = _folder.File("images", "train", name + ".png");
        if (image is null) Image(path);
        else File.WriteAllBytes(path, image);
        File.WriteAllBytes(_folder.File("labels", "train", name + ".png"), label);
    }
}
