using System.Text.RegularExpressions;
using CACL.Data.DataSets;
using SkiaSharp;

namespace CACL.Data.Tests.DataSets;

/// <summary>Makes small intact data sets of each layout; a test then damages them.</summary>
internal static class SmallDataSets
{
    public const int Width = 6;
    public const int Height = 4;

    /// <summary>Makes two pairs in train, one in val; three classes.</summary>
    public static string Folder(string root, string classes = "sky 1 2 3\nroad\nred car 200 0 0\n")
    {
        Directory.CreateDirectory(root);
        File.WriteAllText(Path.Combine(root, "classes.txt"), classes);
        foreach (var name in new[] { "train/b", "train/a", "val/c" })
        {
            Image(Path.Combine(root, "images", name + ".png"));
            LabelPng.Of(Width, Height, 1).Write(Path.Combine(root, "labels", name + ".png"));
        }

        return root;
    }

    /// <summary>
    /// Makes the layout of CamVid: eleven classes with colours, JPEG images in its aspect ratio of 4:3, three splits, and an ignored value.
    /// </summary>
    public static string CamVid(string root)
    {
        Directory.CreateDirectory(root);
        File.WriteAllText(
            Path.Combine(root, "classes.txt"),
            """
            sky 128 128 128
            building 128 0 0
            pole 192 192 128
            road 128 64 128
            pavement 60 40 222
            tree 128 128 0
            signsymbol 192 128 128
            fence 64 64 128
            car 64 0 128
            pedestrian 64 64 0
            bicyclist 0 128 192
            ignore 11
            """);
        foreach (
            var name in new[] { "train/0001TP_006690", "train/0001TP_006720", "val/0016E5_07959", "test/0001TP_008550",
                "test/Seq05VD_f00000" })
        {
            Image(Path.Combine(root, "images", name + ".jpg"), 16, 12);
            // The values cycle from sky to the ignored one.
            new LabelPng(16, 12, 8, LabelPng.Grey, false, [.. Enumerable.Range(0, 16 * 12).Select(i => (ushort)(i % 12))])
                .Write(Path.Combine(root, "labels", name + ".png"));
        }

        return root;
    }

    /// <summary>Makes a pair in train and one in val: label ids.</summary>
    public static string Cityscapes(string root)
    {
        foreach (var name in new[] { "train/ulm/ulm_1", "val/bonn/bonn_1" })
        {
            Image(Path.Combine(root, "leftImg8bit", name + "_leftImg8bit.png"));
            LabelPng.Of(Width, Height, 7).Write(Path.Combine(root, "gtFine", name + "_gtFine_labelIds.png"));
        }

        return root;
    }

    /// <summary>Makes one name in train and one in val, with labels in SegmentationClass.</summary>
    public static string Voc(string root)
    {
        foreach (var (split, name) in new[] { ("train", "2007_1"), ("val", "2007_2") })
        {
            Image(Path.Combine(root, "JPEGImages", name + ".jpg"));
            LabelPng.Of(Width, Height, 15).Write(Path.Combine(root, "SegmentationClass", name + ".png"));
            List(root, split, name);
        }

        return root;
    }

    public static void List(string root, string split, params string[] lines)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "ImageSets", "Segmentation")).FullName;
        File.WriteAllLines(Path.Combine(folder, split + ".txt"), lines);
    }

    /// <summary>Writes an image of colours without noise, as PNG or JPEG by the path's extension.</summary>
    public static void Image(string path, int width = Width, int height = Height)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(10, 20, 30));
        using var data = bitmap.Encode(
            path.EndsWith(".jpg", StringComparison.Ordinal) ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 90);
        File.WriteAllBytes(path, data.ToArray());
    }

    /// <summary>Returns the message of the exception that a split's first use throws; it must contain the path.</summary>
    public static string FaultOf(DataSetKind kind, string root, string split)
    {
        var fault = Assert.Throws<DataSetException>(() =>
        {
            var dataSet = SegmentationDataSets.Open(kind, root);
            foreach (var item in dataSet.Items(split)) dataSet.ReadPair(item);
        });
        Assert.Contains(fault.Path, fault.Message, StringComparison.Ordinal);
        return fault.Message;
    }

    /// <summary>Returns whether a text matches a pattern, in which * stands for anything.</summary>
    public static void Matches(string pattern, string text) =>
        Assert.Matches("(?s)^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", text);
}
