namespace CACL.Node.Demo;

/// <summary>
/// A surface of a synthetic scene. Its class decides its pattern, never its two colours: those are its own, one dark and one bright, and
/// nearly grey, so that colour tells little about the class or the clip.
/// </summary>
internal sealed class SyntheticSurface
{
    private const float Tinge = 0.3f;

    private readonly float _period;
    private readonly float _sin;
    private readonly float _cos;
    private readonly uint _grain;

    /// <summary>Draws the surface of a class.</summary>
    public SyntheticSurface(SyntheticClass kind, Random random)
    {
        Class = kind;
        _period = 12 + (14 * random.NextSingle());
        (_sin, _cos) = MathF.SinCos(MathF.Tau * random.NextSingle());
        _grain = (uint)random.Next();
        Dark = Tinged(random, 0.15f, 0.4f);
        Bright = Tinged(random, 0.6f, 1);
    }

    /// <summary>What it is made of.</summary>
    public SyntheticClass Class { get; }

    private Colour Dark { get; }

    private Colour Bright { get; }

    /// <summary>Returns the colour at a place on the surface, in pixels.</summary>
    public Colour At(float x, float y) => Colour.Mix(Dark, Bright, Pattern(x, y));

    private float Pattern(float x, float y)
    {
        var u = ((x * _cos) + (y * _sin)) / _period;
        var v = ((y * _cos) - (x * _sin)) / _period;
        return Class switch
        {
            SyntheticClass.Stripes => Edge(MathF.Sin(u * MathF.Tau)),
            SyntheticClass.Checks => Edge(MathF.Sin(u * MathF.PI * 1.4f) * MathF.Sin(v * MathF.PI * 1.4f) * 2),
            SyntheticClass.Dots => Edge((0.3f - Distance(Fraction(u) - 0.5f, Fraction(v) - 0.5f)) * 8),
            SyntheticClass.Bricks => Bricks(u, v),
            SyntheticClass.Waves => Edge(MathF.Sin((v + (0.3f * MathF.Sin(u * MathF.Tau * 0.8f))) * MathF.Tau)),
            SyntheticClass.Rings => Rings(u * 0.45f, v * 0.45f),
            SyntheticClass.Leaves => Edge((ValueNoise.At(u * 3, v * 3, _grain) - 0.5f) * 5),
            _ => ValueNoise.At(u * 0.4f, v * 0.4f, _grain),
        };
    }

    // A colour whose brightest channel lies between two levels and whose others fall short of it by at most Tinge.
    private static Colour Tinged(Random random, float low, float high)
    {
        var level = low + ((high - low) * random.NextSingle());
        return new(Channel(), Channel(), Channel());

        float Channel() => level * (1 - (Tinge * random.NextSingle()));
    }

    // A step from 0 to 1 where a value passes 0, not quite sharp.
    private static float Edge(float value) => Math.Clamp((value * 2) + 0.5f, 0, 1);

    private static float Fraction(float value) => value - MathF.Floor(value);

    private static float Distance(float a, float b) => MathF.Sqrt((a * a) + (b * b));

    private static float Bricks(float u, float v)
    {
        var row = MathF.Floor(v * 1.6f);
        var along = Fraction((u * 0.8f) + (row * 0.5f));
        var across = Fraction(v * 1.6f);
        return along is < 0.13f || across < 0.2f ? 0 : 1;
    }

    private static float Rings(float u, float v) =>
        Edge(MathF.Cos(Distance(Fraction(u) - 0.5f, Fraction(v) - 0.5f) * MathF.Tau * 4));
}
