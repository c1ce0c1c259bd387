using CACL.Node.Pictures;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.Pictures;

public sealed class ColourMapTests
{
    [Fact]
    public void It_grows_evenly_lighter()
    {
        var lightness = Enumerable.Range(0, 65).Select(i => Lightness(ColourMap.At(i / 64f))).ToArray();
        Assert.InRange(lightness[0], 0, 15);
        Assert.InRange(lightness[^1], 93, 100);
        var steps = lightness.Zip(lightness.Skip(1), (a, b) => b - a).ToArray();
        Each.Holds(steps, step => Assert.InRange(step, 0.1, 3));
    }

    [Fact]
    public void What_is_out_of_range_has_the_colour_of_the_end()
    {
        Assert.Equal(ColourMap.At(0), ColourMap.At(-3));
        Assert.Equal(ColourMap.At(1), ColourMap.At(7));
    }

    /// <summary>Returns CIE L*, a measure independent of the one that the colours are made with.</summary>
    private static double Lightness(SKColor colour)
    {
        var luminance = (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));
        return luminance > 0.008856 ? (116 * Math.Cbrt(luminance)) - 16 : 903.3 * luminance;

        static double Linear(byte level)
        {
            var value = level / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
    }
}
