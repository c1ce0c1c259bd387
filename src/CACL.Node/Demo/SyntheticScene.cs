namespace CACL.Node.Demo;

/// <summary>
/// The scene of a synthetic clip: two backgrounds under a moving camera, and a few objects that move, rotate and occlude each other. A clip
/// shows few of the classes, so that what it is made of distinguishes it from others. A function of its seed.
/// </summary>
internal sealed class SyntheticScene
{
    private const int ClassesPerClip = 3;

    private readonly int _width;
    private readonly int _height;
    private readonly SyntheticSurface[] _backgrounds;
    private readonly SyntheticObject[] _objects;
    private readonly float _pan;
    private readonly float _tilt;
    private readonly float _horizon;

    /// <summary>Creates the scene of a seed.</summary>
    public SyntheticScene(int seed, int width, int height)
    {
        var random = new Random(seed);
        _width = width;
        _height = height;
        _pan = (random.NextSingle() * 3) - 1.5f;
        _tilt = (random.NextSingle() * 0.3f) - 0.15f;
        _horizon = height * (0.25f + (random.NextSingle() * 0.5f));
        var kinds = Enum.GetValues<SyntheticClass>();
        random.Shuffle(kinds);
        _backgrounds = [new SyntheticSurface(kinds[0], random), new SyntheticSurface(kinds[1], random)];
        _objects = new SyntheticObject[4 + random.Next(3)];
        for (var i = 0; i < _objects.Length; i++)
        {
            var surface = new SyntheticSurface(kinds[random.Next(ClassesPerClip)], random);
            _objects[i] = new SyntheticObject(surface, random, width, height);
        }
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
            var surface = _objects[i].Surface;
            if (_objects[i].At(x, y, frame) is { } place) return (surface.Class, surface.At(place.X, place.Y));
        }

        var horizon = _horizon + (_tilt * frame);
        var background = _backgrounds[y < horizon ? 0 : 1];
        return (background.Class, background.At(x + (_pan * frame), y - horizon));
    }
}
