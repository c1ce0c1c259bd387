using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>The result of a sequential decode of a made video by the ffmpeg program.</summary>
/// <param name="Frames">All frames of its stream, scaled to <see cref="ExactnessCheck.Size"/>² pixels.</param>
/// <param name="Width">Displayed width of the first frame.</param>
/// <param name="Height">Displayed height of the first frame.</param>
internal sealed record MadeVideoTruth(IReadOnlyList<byte[]> Frames, int Width, int Height)
{
    private static readonly ConcurrentDictionary<string, Lazy<MadeVideoTruth>> Known = new(StringComparer.Ordinal);

    /// <summary>Returns the decoded video; decodes it on the first call.</summary>
    public static MadeVideoTruth Of(string name)
    {
        var path = MadeVideos.Path(name);
        return Known.GetOrAdd(name, _ => new Lazy<MadeVideoTruth>(() => Decode(path, MadeVideos.Of(name).Stream))).Value;
    }

    private static MadeVideoTruth Decode(string path, int stream)
    {
        using var folder = new TemporaryFolder();
        var frames = SequentialReference.Frames(path, stream, ExactnessCheck.Size, firstFrame: folder.File("first.ppm"));
        // The file is "P6\n160 120\n255\n" and the pixels.
        var picture = File.ReadAllBytes(folder.File("first.ppm"));
        var words = Encoding.ASCII.GetString(picture.AsSpan(0, Math.Min(16, picture.Length))).Split(['\n', ' ']);
        return new(frames, int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
