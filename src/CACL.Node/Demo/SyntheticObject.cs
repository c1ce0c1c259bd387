namespace CACL.Node.Demo;

/// <summary>
/// A moving, rotating object. Its class decides shape and texture, never its colours: those are its own, so that a class cannot be told by
/// colour alone.
/// </summary>
internal sealed class SyntheticObject
{
    private readonly float _x;
    private readonly float _y;
    private readonly float _speedX;
    private readonly float _speedY;
    private readonly float _turn;
    private readonly float _turnSpeed;
    private readonly Colour _one;
    private readonly Colour _two;
    private readonly uint _grain;

    /// <summary>Draws a random object for a picture of the given size.</summary>
    public SyntheticObject(SyntheticClass kind, Random random, int width, int height)
    {
        Class = kind;
        Radius = height * Between(random, 0.10f, 0.24f);
        _x = width * Between(random, 0.1f, 0.9f);
        _y = height * Between(random, 0.25f, 0.9f);
        _speedX = Between(random, -2.2f, 2.2f);
        _speedY = Between(random, -0.8f, 0.8f);
        _turn = Between(random, 0, MathF.Tau);
        _turnSpeed = Between(random, -0.06f, 0.06f);
        _one = Colour.Draw(random);
        _two = Colour.Draw(random);
        _grain = (uint)random.Next();
    }

    public SyntheticClass Class { get; }

    public float Radius { get; }

    /// <summary>Returns the colour at a place of the picture, or null where the object is not.</summary>
    public Colour? At(float x, float y, int frame)
    {
        var dx = x - (_x + (_speedX * frame));
        var dy = y - (_y + (_speedY * frame));
        if ((dx * dx) + (dy * dy) > 2 * Radius * Radius) return null;
        var (sin, cos) = MathF.SinCos(_turn + (_turnSpeed * frame));
        var u = ((dx * cos) + (dy * sin)) / Radius;
        var v = ((dy * cos) - (dx * sin)) / Radius;
        return Inside(u, v) ? Texture(u, v) : null;
    }

    private static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());

    private bool Inside(float u, float v)
    {
        var squared = (u * u) + (v * v);
        return Class switch
        {
            SyntheticClass.Ball => squared < 1,
            SyntheticClass.Crate => MathF.Max(MathF.Abs(u), MathF.Abs(v)) < 0.85f,
            SyntheticClass.Tree => v < 0.7f && MathF.Abs(u) < (v + 1) * 0.55f,
            SyntheticClass.Ring => squared is < 1 and > 0.3f,
            _ => false,
        };
    }

    private Colour Texture(float u, float v)
    {
        var share = Class switch
        {
            SyntheticClass.Ball => (MathF.Sin(u * 9) > 0) ? 1f : 0f, // stripes
            SyntheticClass.Crate => ((int)MathF.Floor((u + 2) * 4) + (int)MathF.Floor((v + 2) * 4)) % 2, // checks
            SyntheticClass.Tree => ValueNoise.At(u * 9, v * 9, _grain), // leaves
            _ => 0.5f + (0.5f * MathF.Sin(MathF.Atan2(v, u) * 8)), // spokes
        };
        return Colour.Mix(_one, _two, share);
    }
}
