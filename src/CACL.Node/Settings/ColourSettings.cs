using CACL.Configuration.Reading;
using CACL.Data.Sampling;

namespace CACL.Node.Settings;

/// <summary>Reads settings under <c>cacl.data.augmentation</c>; reference.conf says what each means.</summary>
internal static class ColourSettings
{
    private const string Section = "cacl.data.augmentation";

    /// <summary>Reads the ranges of view v and of view v₊, which differ in blur and solarisation only.</summary>
    public static (ColourRanges View, ColourRanges Plus) Read(SettingsReader reader)
    {
        var (blur, solarise) = (Both(reader, "blur-probability"), Both(reader, "solarise-probability"));
        var sigma = reader.Numbers($"{Section}.blur-sigma", 2);
        var view = new ColourRanges
        {
            JitterProbability = Probability(reader, "jitter-probability"),
            Brightness = Strength(reader, "brightness"),
            Contrast = Strength(reader, "contrast"),
            Saturation = Strength(reader, "saturation"),
            Hue = reader.Number($"{Section}.hue", v => v is >= 0 and <= 0.5, "from 0 to 0.5"),
            GrayProbability = Probability(reader, "grey-probability"),
            BlurProbability = blur[0],
            SigmaMin = sigma[0],
            SigmaMax = sigma[1],
            SolariseProbability = solarise[0],
        };
        return (view, view with { BlurProbability = blur[1], SolariseProbability = solarise[1] });
    }

    private static double Probability(SettingsReader reader, string key) =>
        reader.Number($"{Section}.{key}", v => v is >= 0 and <= 1, "from 0 to 1");

    private static double Strength(SettingsReader reader, string key) =>
        reader.Number($"{Section}.{key}", v => v is >= 0 and <= 2, "from 0 to 2");

    private static IReadOnlyList<double> Both(SettingsReader reader, string key)
    {
        var both = reader.Numbers($"{Section}.{key}", 2);
        if (both.Any(value => value is < 0 or > 1) && reader.IsSound($"{Section}.{key}"))
            reader.Report($"{Section}.{key}", $"is [{both[0]}, {both[1]}]; both numbers are probabilities, from 0 to 1.");
        return both;
    }
}
