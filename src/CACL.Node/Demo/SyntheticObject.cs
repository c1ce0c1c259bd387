namespace CACL.Node.Demo;

/// <summary>A moving, rotating object of some shape, cut out of a surface.</summary>
internal sealed class SyntheticObject
{
    private readonly int _shape;
    private readonly float _radius;
    private readonly float _x;
    private readonly float _y;
    private readonly float _speedX;
    private readonly float _speedY;
    private readonly float _turn;
    private readonly float _turnSpeed;

    /// <summary>Draws a random object for a picture of the given size.</summary>
    public SyntheticObject(SyntheticSurface surface, Random random, int width, int height)
    {
        Surface = surface;
        _shape = random.Next(4);
        _radius = height * Between(random, 0.15f, 0.30f);
        _x = width * Between(random, 0.1f, 0.9f);
        _y = height * Between(random, 0.15f, 0.9f);
        _speedX = Between(random, -2.2f, 2.2f);
        _speedY = Between(random, -0.8f, 0.8f);
        _turn = Between(random, 0, MathF.Tau);
        _turnSpeed = Between(random, -0.06f, 0.06f);
    }

    /// <summary>What it is cut out of.</summary>
    public SyntheticSurface Surface { get; }

    /// <summary>Returns the place on its surface that is seen at a place of the picture, or null where the object is not.</summary>
    public (float X, float Y)? At(float x, float y, int frame)
    {
        var dx = x - (_x + (_speedX * frame));
        var dy = y - (_y + (_speedY * frame));
        if ((dx * dx) + (dy * dy) > 2 * _radius * _radius) return null;
        var (sin, cos) = MathF.SinCos(_turn + (_turnSpeed * frame));
        var u = (dx * cos) + (dy * sin);
        var v = (dy * cos) - (dx * sin);
        return Inside(u / _radius, v / _radius) ? (u, v) : null;
    }

    private static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());

    private bool Inside(float u, float v) => _shape switch
    {
        0 => (u * u) + (v * v) < 1,
        1 => MathF.Max(MathF.Abs(u), MathF.Abs(v)) < 0.85f,
        2 => v < 0.7f && MathF.Abs(u) < (v + 1) * 0.55f,
        _ => (u * u * 0.6f) + (v * v * 2.2f) < 1,
    };
}
