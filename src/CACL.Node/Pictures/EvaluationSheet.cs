using CACL.Data.DataSets;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>
/// The sheet that <c>cacl evaluate --pictures</c> writes for an image: the image, its label and the prediction side by side, or several
/// networks' predictions.
/// </summary>
internal static class EvaluationSheet
{
    /// <summary>Longest side of each of the three, pixels; larger images are shown smaller.</summary>
    public const int MostSide = 1024;

    /// <summary>Approximate least width; each pixel of a smaller image is shown as a block of several.</summary>
    public const int LeastWidth = 256;

    /// <summary>The title of a prediction that stands alone.</summary>
    public const string Alone = "prediction";

    /// <summary>Writes the sheet of one prediction.</summary>
    /// <inheritdoc cref="Write(string, RgbImage, LabelMap, IReadOnlyList{ValueTuple{string, LabelMap}}, IReadOnlyList{ClassInfo})"/>
    public static void Write(string path, RgbImage image, LabelMap label, LabelMap prediction, IReadOnlyList<ClassInfo> classes) =>
        Write(path, image, label, [(Alone, prediction)], classes);

    /// <summary>Writes the sheet as a PNG.</summary>
    /// <param name="path">Path of the file; its folders are created.</param>
    /// <param name="image">The image.</param>
    /// <param name="label">Its label; ignored pixels are hatched.</param>
    /// <param name="predictions">The predicted class of each pixel, with a title: one network's, or several to be compared.</param>
    /// <param name="classes">Names and colours.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">They differ in size, or a value is no class.</exception>
    public static void Write(
        string path, RgbImage image, LabelMap label, IReadOnlyList<(string Title, LabelMap Classes)> predictions,
        IReadOnlyList<ClassInfo> classes)
    {
        (string Title, LabelMap Classes)[] maps = [("label", label), .. predictions];
        foreach (var (title, map) in maps)
        {
            if ((map.Width, map.Height) == (image.Width, image.Height)) continue;
            throw new ArgumentException(
                $"An image of {image.Width}×{image.Height} and a map of {map.Width}×{map.Height} pixels ({title}) do not belong together.",
                nameof(label));
        }

        var (width, height) = PanelSize(image.Width, image.Height);
        var whole = ((1 + maps.Length) * width) + (maps.Length * Sheet.Margin);
        var occurring = maps.SelectMany(map => map.Classes.Classes).ToHashSet();
        var legend = new Legend(classes.Where((_, index) => occurring.Contains((byte)index)), occurring.Contains(LabelMap.Ignored), whole);
        using var sheet = new Sheet(whole + (2 * Sheet.Margin), height + legend.Height + Sheet.LineHeight + (3 * Sheet.Margin));
        for (var panel = 0; panel <= maps.Length; panel++)
        {
            using var picture = panel == 0
                ? Pixels.OfRgb(image.Width, image.Height, image.Pixels)
                : Pixels.OfClasses(maps[panel - 1].Classes, classes);
            var place = PanelPlace(panel, width, height);
            sheet.Write(panel == 0 ? "image" : maps[panel - 1].Title, place.Left, place.Top - 8, width, bold: true);
            if (panel > 0) Hatching.Draw(sheet.Canvas, place);
            sheet.Draw(picture, place, smooth: panel == 0 && width < image.Width);
            sheet.Frame(place);
        }

        legend.Draw(sheet.Canvas, Sheet.Margin, Sheet.Margin + Sheet.LineHeight + height + Sheet.Margin, Sheet.Ink);
        sheet.Save(path);
    }

    /// <summary>Returns the area of the image (0), the label (1) or a prediction (2 and up) on the sheet.</summary>
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
