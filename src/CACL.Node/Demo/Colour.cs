namespace CACL.Node.Demo;

/// <summary>Red, green, blue in [0, 1].</summary>
internal readonly record struct Colour(float R, float G, float B)
{
    public static Colour Draw(Random random) => new(random.NextSingle(), random.NextSingle(), random.NextSingle());

    public static Colour Mix(Colour one, Colour two, float share) => new(
        one.R + ((two.R - one.R) * share), one.G + ((two.G - one.G) * share), one.B + ((two.B - one.B) * share));
}
