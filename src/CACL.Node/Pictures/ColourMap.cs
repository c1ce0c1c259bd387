using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>
/// A perceptually uniform colour map from dark violet through red and orange to light yellow: lightness rises evenly, and every step looks
/// equally large. It is a curve in the colour space OKLab (Ottosson 2020), in which distances are perceived differences, divided evenly
/// along its length.
/// </summary>
internal static class ColourMap
{
    private const int Steps = 256;

    private static readonly SKColor[] Colours = Build();

    /// <summary>Returns the colour of a share; below 0 counts as 0, above 1 as 1.</summary>
    public static SKColor At(float share) => Colours[(int)Math.Round(Math.Clamp(share, 0, 1) * (Steps - 1))];

    private static SKColor[] Build()
    {
        const int Fine = 4096;
        var curve = Enumerable.Range(0, Fine + 1).Select(i => OnCurve(i / (double)Fine)).ToArray();
        var lengths = new double[Fine + 1];
        for (var i = 1; i <= Fine; i++) lengths[i] = lengths[i - 1] + Distance(curve[i - 1], curve[i]);
        var colours = new SKColor[Steps];
        for (int step = 0, at = 0; step < Steps; step++)
        {
            while (at < Fine && lengths[at] < lengths[Fine] * step / (Steps - 1)) at++;
            colours[step] = Colour(curve[at]);
        }

        return colours;
    }

    /// <summary>
    /// Returns a point on the curve: lightness rises evenly, hue turns from violet through red to yellow, and chroma is highest in the
    /// middle, as far as a screen can show it.
    /// </summary>
    private static (double L, double A, double B) OnCurve(double t)
    {
        var lightness = 0.13 + (0.84 * t);
        var hue = (285 + (180 * t)) * Math.PI / 180;
        var chroma = 0.04 + (0.19 * Math.Sin(Math.PI * Math.Pow(t, 0.85)));
        (double, double, double) Of(double c) => (lightness, c * Math.Cos(hue), c * Math.Sin(hue));
        if (Fits(Of(chroma))) return Of(chroma);
        var (low, high) = (0.0, chroma);
        for (var i = 0; i < 30; i++)
        {
            var middle = (low + high) / 2;
            if (Fits(Of(middle))) low = middle;
            else high = middle;
        }

        return Of(low);
    }

    private static double Distance((double L, double A, double B) one, (double L, double A, double B) two) =>
        Math.Sqrt(Math.Pow(one.L - two.L, 2) + Math.Pow(one.A - two.A, 2) + Math.Pow(one.B - two.B, 2));

    private static bool Fits((double L, double A, double B) lab)
    {
        var (r, g, b) = Linear(lab);
        return Math.Min(r, Math.Min(g, b)) >= 0 && Math.Max(r, Math.Max(g, b)) <= 1;
    }

    private static SKColor Colour((double L, double A, double B) lab)
    {
        var (r, g, b) = Linear(lab);
        return new SKColor(Level(r), Level(g), Level(b));

        // The transfer curve of sRGB.
        static byte Level(double linear)
        {
            var value = linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055;
            return (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
        }
    }

    /// <summary>Converts OKLab to linear sRGB.</summary>
    private static (double R, double G, double B) Linear((double L, double A, double B) lab)
    {
        var l = Math.Pow(lab.L + (0.3963377774 * lab.A) + (0.2158037573 * lab.B), 3);
        var m = Math.Pow(lab.L - (0.1055613458 * lab.A) - (0.0638541728 * lab.B), 3);
        var s = Math.Pow(lab.L - (0.0894841775 * lab.A) - (1.2914855480 * lab.B), 3);
        return (
            (4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s),
            (-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s),
            (-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s));
    }
}
