using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Sampling;
using CsCheck;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class CropGeometryTests
{
    private static readonly Gen<(int Width, int Height, DisplayOrientation Orientation, CropBox Box)> Cases =
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from tag in Gen.Int[1, 8]
        let orientation = DisplayOrientation.OfExif(tag)
        let shown = orientation.SwapsSides ? (Width: height, Height: width) : (Width: width, Height: height)
        from x in Gen.Int[0, shown.Width - 1]
        from y in Gen.Int[0, shown.Height - 1]
        from w in Gen.Int[1, shown.Width - x]
        from h in Gen.Int[1, shown.Height - y]
        select (width, height, orientation, new CropBox(x, y, w, h));

    [Fact]
    public void The_stored_pixels_of_a_box_are_exactly_those_displayed_in_it() => Cases.Sample(c =>
    {
        var stored = c.Orientation.Stored(c.Box, c.Width, c.Height);
        for (var y = 0; y < c.Height; y++)
        {
            for (var x = 0; x < c.Width; x++)
            {
                // A clockwise quarter turn maps (x, y) of a picture of height h to (h − 1 − y, x).
                var (shownX, shownY, w, h) = (x, c.Orientation.Mirrored ? c.Height - 1 - y : y, c.Width, c.Height);
                for (var turn = 0; turn < c.Orientation.Rotation; turn += 90) (shownX, shownY, w, h) = (h - 1 - shownY, shownX, h, w);
                if (Within(stored, x, y) != Within(c.Box, shownX, shownY)) return false;
                if (c.Orientation.Stored(shownX, shownY, c.Width, c.Height) != (x, y)) return false;
            }
        }

        return true;
    });

    [Fact]
    public void A_box_scaled_to_another_picture_stays_within_it() =>
        Gen.Select(Cases, Gen.Int[1, 60], Gen.Int[1, 60]).Sample((c, width, height) =>
        {
            var scaled = CropScaler.ScaleBox(c.Orientation.Stored(c.Box, c.Width, c.Height), c.Width, c.Height, width, height);
            return scaled.X >= 0 && scaled.Y >= 0 && scaled.Width >= 1 && scaled.Height >= 1
                && scaled.X + scaled.Width <= width && scaled.Y + scaled.Height <= height;
        });

    private static bool Within(CropBox box, int x, int y) => x >= box.X && y >= box.Y && x < box.X + box.Width && y < box.Y + box.Height;
}
