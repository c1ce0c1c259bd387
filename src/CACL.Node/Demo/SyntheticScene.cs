namespace CACL.Node.Demo;

/// <summary>
/// The scene of a synthetic clip: ground and sky under a moving camera, and a few objects that move, rotate and occlude each other. A
/// function of its seed.
/// </summary>
internal sealed class SyntheticScene
{
    private readonly int _width;
    private readonly int _height;
    private readonly SyntheticObject[] _objects;
    private readonly uint _grain;
    private readonly float _pan;
    private readonly float _tilt;
    private readonly float _horizon;
    private readonly Colour[] _palette;

    /// <summary>Creates the scene of a seed.</summary>
    public SyntheticScene(int seed, int width, int height)
    {
        var random = new Random(seed);
        _width = width;
        _height = height;
        _grain = (uint)random.Next();
        _pan = (random.NextSingle() * 3) - 1.5f;
        _tilt = (random.NextSingle() * 0.3f) - 0.15f;
        _horizon = height * (0.25f + (random.NextSingle() * 0.3f));
        _palette = [Colour.Draw(random), Colour.Draw(random), Colour.Draw(random), Colour.Draw(random)];
        _objects = new SyntheticObject[4 + random.Next(4)];
        for (var i = 0; i < _objects.Length; i++)
            _objects[i] = new SyntheticObject((SyntheticClass)(2 + random.Next(4)), random, width, height);
    }

    /// <summary>Draws a frame.</summary>
    /// <param name="frame">The frame, counted from 0.</param>
    /// <param name="rgb">Width·height·3 bytes.</param>
    /// <param name="labels">Width·height bytes, each a <see cref="SyntheticClass"/>.</param>
    public void Draw(int frame, Span<byte> rgb, Span<byte> labels)
    {
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _width; x++)
            {
                var (kind, colour) = See(x, y, frame);
                var at = (y * _width) + x;
                labels[at] = (byte)kind;
                rgb[at * 3] = Level(colour.R);
                rgb[(at * 3) + 1] = Level(colour.G);
                rgb[(at * 3) + 2] = Level(colour.B);
            }
        }
    }

    private static byte Level(float value) => (byte)Math.Clamp((value * 255f) + 0.5f, 0f, 255f);

    private (SyntheticClass Kind, Colour Colour) See(float x, float y, int frame)
    {
        for (var i = _objects.Length - 1; i >= 0; i--)
        {
            if (_objects[i].At(x, y, frame) is { } colour) return (_objects[i].Class, colour);
        }

        var horizon = _horizon + (_tilt * frame);
        var scrolled = x + (_pan * frame);
        return y < horizon
            ? (SyntheticClass.Sky, Colour.Mix(_palette[0], _palette[1], ValueNoise.At(scrolled * 0.02f, (y - horizon) * 0.05f, _grain)))
            : (
                SyntheticClass.Ground,
                Colour.Mix(_palette[2], _palette[3], ValueNoise.At(scrolled * 0.22f, (y - horizon) * 0.3f, _grain + 7)));
    }
}
