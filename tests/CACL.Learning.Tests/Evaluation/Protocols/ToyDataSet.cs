using CACL.Data.DataSets;
using CACL.Data.Sampling;

namespace CACL.Learning.Tests.Evaluation.Protocols;

/// <summary>A generated data set: each image is of one class and its colour, with noise, and some pixels are ignored.</summary>
internal sealed class ToyDataSet(int images, int width = 40, int height = 32, double ignored = 0.1) : ISegmentationDataSet
{
    private static readonly (byte Red, byte Green, byte Blue)[] Colours = [(220, 30, 30), (30, 200, 40), (40, 30, 210)];

    public DataSetKind Kind => DataSetKind.Folder;

    public string Root => "/toy";

    public IReadOnlyList<ClassInfo> Classes { get; } = [.. Colours.Select((c, i) => new ClassInfo($"class {i}", c.Red, c.Green, c.Blue))];

    public IReadOnlyList<string> Splits { get; } = ["train", "val"];

    public string DefaultTrainSplit => "train";

    public string DefaultTestSplit => "val";

    public IReadOnlyList<SegmentationItem> Items(string split) =>
        [.. Enumerable.Range(0, images).Select(i => new SegmentationItem($"{i:000}", $"{split}/{i}", $"{split}/{i}"))];

    public RgbImage ReadImage(SegmentationItem item) => ReadPair(item).Image;

    public LabelMap ReadLabels(SegmentationItem item) => ReadPair(item).Labels;

    public (RgbImage Image, LabelMap Labels) ReadPair(SegmentationItem item)
    {
        var number = int.Parse(item.Name, System.Globalization.CultureInfo.InvariantCulture);
        // Every other image has another size, as photographs do.
        var (w, h) = number % 2 == 0 ? (width, height) : (height, width - 3);
        var random = new CounterRandom((ulong)item.ImagePath.Length, number, item.ImagePath[0], 0, DrawPurpose.Frame);
        var kind = number % Colours.Length;
        var (pixels, classes) = (new byte[w * h * 3], new byte[w * h]);
        for (var p = 0; p < w * h; p++)
        {
            byte Noisy(byte value) => (byte)Math.Clamp(value + random.Below(31) - 15, 0, 255);
            (pixels[3 * p], pixels[(3 * p) + 1], pixels[(3 * p) + 2]) = (
                Noisy(Colours[kind].Red), Noisy(Colours[kind].Green), Noisy(Colours[kind].Blue));
            classes[p] = random.Chance(ignored) ? LabelMap.Ignored : (byte)kind;
        }

        return (new RgbImage(w, h, pixels), new LabelMap(w, h, classes));
    }
}
