using CACL.Data.DataSets;
using CACL.Node.Ending;
using CACL.Node.Pictures;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.Pictures;

public sealed class EvaluationSheetTests : IDisposable
{
    private const int Width = 300;
    private const int Height = 200;

    private static readonly ClassInfo[] Classes = [
        new("road", 128, 64, 128), new("sky", 70, 130, 180), new("a class that does not occur", 1, 2, 3)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Image_label_and_prediction_stand_side_by_side_in_the_data_sets_colours()
    {
        var path = _folder.File("pictures", "a", "image.png");
        // The left half of the label is road, the right one is ignored; the prediction says sky everywhere.
        var label = Map(x => x < Width / 2 ? (byte)0 : LabelMap.Ignored);
        EvaluationSheet.Write(path, Photograph(10, 200, 30), label, Map(_ => 1), Classes);

        using var sheet = SKBitmap.Decode(path);
        Assert.Equal((3 * Width) + (2 * Sheet.Margin) + (2 * Sheet.Margin), sheet.Width);
        Assert.Equal(new SKColor(10, 200, 30), At(sheet, 0, 40, 60));
        Assert.Equal(new SKColor(128, 64, 128), At(sheet, 1, 40, 60));
        Assert.Equal(new SKColor(70, 130, 180), At(sheet, 2, 40, 60));
        Assert.Equal(new SKColor(70, 130, 180), At(sheet, 2, Width - 1, Height - 1));
        var leftOut = Enumerable.Range(0, 40).Select(x => At(sheet, 1, (Width / 2) + 20 + x, 50)).ToHashSet();
        Assert.True(leftOut.Count > 1, "Left-out pixels should be hatched.");
        Each.Holds(leftOut, colour => Assert.True(colour.Red == colour.Green && colour.Green == colour.Blue, $"{colour} is not neutral."));
    }

    [Fact]
    public void The_legend_names_what_occurs_and_nothing_else()
    {
        var (one, two) = (_folder.File("one.png"), _folder.File("two.png"));
        EvaluationSheet.Write(one, Photograph(0, 0, 0), Map(_ => 0), Map(_ => 0), Classes);
        EvaluationSheet.Write(two, Photograph(0, 0, 0), Map(_ => 0), Map(_ => 1), Classes);
        Assert.Contains(new SKColor(128, 64, 128), BelowThePanels(one));
        Assert.DoesNotContain(new SKColor(70, 130, 180), BelowThePanels(one));
        Assert.Contains(new SKColor(70, 130, 180), BelowThePanels(two));
        Assert.DoesNotContain(new SKColor(1, 2, 3), BelowThePanels(two));
    }

    [Fact]
    public void Words_are_drawn_whatever_fonts_are_installed()
    {
        // The font is the program's, not the machine's: letters of different shapes leave different marks.
        Assert.True(Ink("label") > 20);
        Assert.NotEqual(Ink("label"), Ink("image"));
        Assert.NotEqual(Ink("−"), Ink("→"));
    }

    [Theory]
    [InlineData(2048, 1024, 1024, 512)]
    [InlineData(480, 360, 480, 360)]
    [InlineData(64, 48, 256, 192)]
    [InlineData(1, 5000, 1, 1024)]
    public void Panels_are_bounded_and_small_images_enlarged(int width, int height, int shownWidth, int shownHeight) =>
        Assert.Equal((shownWidth, shownHeight), EvaluationSheet.PanelSize(width, height));

    [Fact]
    public void Pictures_that_do_not_belong_together_are_refused()
    {
        var odd = new LabelMap(2, 2, new byte[4]);
        Assert.Throws<ArgumentException>(
            () => EvaluationSheet.Write(_folder.File("a.png"), Photograph(0, 0, 0), odd, Map(_ => 0), Classes));
        Assert.Throws<ArgumentException>(
            () => EvaluationSheet.Write(_folder.File("a.png"), Photograph(0, 0, 0), Map(_ => 3), Map(_ => 0), Classes));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        File.WriteAllText(_folder.File("file"), "");
        var path = _folder.File("file", "a.png");
        var failure = Assert.Throws<UserException>(
            () => EvaluationSheet.Write(path, Photograph(0, 0, 0), Map(_ => 0), Map(_ => 0), Classes));
        Assert.StartsWith($"The picture {path} cannot be written: ", failure.Message, StringComparison.Ordinal);
    }

    private static SKColor At(SKBitmap sheet, int panel, int x, int y)
    {
        var place = EvaluationSheet.PanelPlace(panel, Width, Height);
        return sheet.GetPixel((int)place.Left + x, (int)place.Top + y);
    }

    private static HashSet<SKColor> BelowThePanels(string path)
    {
        using var sheet = SKBitmap.Decode(path);
        var top = (int)EvaluationSheet.PanelPlace(0, Width, Height).Bottom + 2;
        return [.. sheet.Pixels.Skip(top * sheet.Width)];
    }

    private static int Ink(string text)
    {
        using var bitmap = new SKBitmap(120, 30);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        SheetText.Draw(canvas, text, 2, 22, 20, SKColors.Black);
        return bitmap.Pixels.Count(pixel => pixel.Red < 128);
    }

    private static RgbImage Photograph(byte red, byte green, byte blue) =>
        new(Width, Height, [.. Enumerable.Repeat(new[] { red, green, blue }, Width * Height).SelectMany(pixel => pixel)]);

    private static LabelMap Map(Func<int, byte> classOfColumn) =>
        new(Width, Height, [.. Enumerable.Range(0, Width * Height).Select(i => classOfColumn(i % Width))]);
}
