using CACL.Data.DataSets;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>
/// The sheet that <c>cacl evaluate --pictures</c> writes for an image: the image, its label and the prediction side by side.
/// </summary>
internal static class EvaluationSheet
{
    /// <summary>Longest side of each of the three, pixels; larger images are shown smaller.</summary>
    public const int MostSide = 1024;

    /// <summary>Approximate least width; each pixel of a smaller image is shown as a block of several.</summary>
    public const int LeastWidth = 256;

    private static readonly string[] Titles = ["image", "label", "prediction"];

    /// <summary>Writes the sheet as a PNG.</summary>
    /// <param name="path">Path of the file; its folders are created.</param>
    /// <param name="image">The image.</param>
    /// <param name="label">Its label; ignored pixels are hatched.</param>
    /// <param name="prediction">The predicted class of each pixel.</param>
    /// <param name="classes">Names and colours.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The three differ in size, or a value is no class.</exception>
    public static void Write(string path, RgbImage image, LabelMap label, LabelMap prediction, IReadOnlyList<ClassInfo> classes)
    {
        if ((label.Width, label.Height) != (image.Width, image.Height) || (
            prediction.Width, prediction.Height) != (image.Width, image.Height))
        {
            throw new ArgumentException(
                $"An image of {image.Width}×{image.Height}, a label of {label.Width}×{label.Height} and a prediction of "
                    + $"{prediction.Width}×{prediction.Height} pixels do not belong together.",
                nameof(label));
        }

        using var photograph = Pixels.OfRgb(image.Width, image.Height, image.Pixels);
        using var labelled = Pixels.OfClasses(label, classes);
        using var predicted = Pixels.OfClasses(prediction, classes);
        var (width, height) = PanelSize(image.Width, image.Height);
        var whole = (3 * width) + (2 * Sheet.Margin);
        var occurring = label.Classes.Concat(prediction.Classes).ToHashSet();
        var legend = new Legend(classes.Where((_, index) => occurring.Contains((byte)index)), occurring.Contains(LabelMap.Ignored), whole);
        using var sheet = new Sheet(whole + (2 * Sheet.Margin), height + legend.Height + Sheet.LineHeight + (3 * Sheet.Margin));
        SKBitmap[] pictures = [photograph, labelled, predicted];
        for (var panel = 0; panel < pictures.Length; panel++)
        {
            var place = PanelPlace(panel, width, height);
            sheet.Write(Titles[panel], place.Left, place.Top - 8, width, bold: true);
            if (panel > 0) Hatching.Draw(sheet.Canvas, place);
            sheet.Draw(pictures[panel], place, smooth: panel == 0 && width < image.Width);
            sheet.Frame(place);
        }

        legend.Draw(sheet.Canvas, Sheet.Margin, Sheet.Margin + Sheet.LineHeight + height + Sheet.Margin, Sheet.Ink);
        sheet.Save(path);
    }

    /// <summary>Returns the area of the image (0), the label (1) or the prediction (2) on the sheet.</summary>
    internal static SKRect PanelPlace(int panel, int width, int height) =>
        SKRect.Create(Sheet.Margin + (panel * (width + Sheet.Margin)), Sheet.Margin + Sheet.LineHeight, width, height);

    /// <summary>Returns the size at which an image is shown.</summary>
    internal static (int Width, int Height) PanelSize(int width, int height)
    {
        var longest = Math.Max(width, height);
        if (longest > MostSide) return (Math.Max(1, width * MostSide / longest), Math.Max(1, height * MostSide / longest));
        var times = Math.Max(1, Math.Min(LeastWidth / width, MostSide / longest));
        return (width * times, height * times);
    }
}
