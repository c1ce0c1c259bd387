namespace CACL.Node.Demo;

/// <summary>Smooth noise in [0, 1]: hashed values at whole coordinates, blended between them; two octaves.</summary>
internal static class ValueNoise
{
    public static float At(float x, float y, uint grain) => (Octave(x, y, grain) * 0.65f) + (Octave(x * 2.7f, y * 2.7f, grain + 1) * 0.35f);

    private static float Octave(float x, float y, uint grain)
    {
        var (left, top) = (MathF.Floor(x), MathF.Floor(y));
        var (i, j) = ((int)left, (int)top);
        var (a, b) = (Smooth(x - left), Smooth(y - top));
        var upper = Hash(i, j, grain) + ((Hash(i + 1, j, grain) - Hash(i, j, grain)) * a);
        var lower = Hash(i, j + 1, grain) + ((Hash(i + 1, j + 1, grain) - Hash(i, j + 1, grain)) * a);
        return upper + ((lower - upper) * b);
    }

    private static float Smooth(float t) => t * t * (3 - (2 * t));

    private static float Hash(int i, int j, uint grain)
    {
        unchecked
        {
            var h = ((uint)i * 0x9E3779B1u) ^ ((uint)j * 0x85EBCA77u) ^ (grain * 0xC2B2AE3Du);
            h ^= h >> 15;
            h *= 0x2C1B3C6Du;
            h ^= h >> 12;
            h *= 0x297A2D39u;
            h ^= h >> 15;
            return (h >> 8) * (1f / (1 << 24));
        }
    }
}
