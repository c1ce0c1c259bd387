using SkiaSharp;

namespace CACL.Node.Fonts;

/// <summary>
/// The only font of pictures and plots. It comes with the program: a server or a container often has no font at all, and Skia then draws no
/// letters without reporting an error.
/// </summary>
internal static class EmbeddedFont
{
    private const string Resource = "DejaVuSans.ttf";

    private static readonly Lazy<SKTypeface> Shared = new(NewTypeface);

    /// <summary>DejaVu Sans with Latin letters, digits and some signs. Shared: not to be disposed.</summary>
    public static SKTypeface Typeface => Shared.Value;

    /// <summary>Returns a new typeface for a caller that disposes it.</summary>
    public static SKTypeface NewTypeface()
    {
        using var file = typeof(EmbeddedFont).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program lacks its resource {Resource}.");
        return SKTypeface.FromStream(file) ?? throw new InvalidOperationException($"The resource {Resource} is no font.");
    }
}
