using System.Buffers.Binary;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Makes small clips that are joined in the middle of a group of pictures, with the ffmpeg program and by cutting bytes.</summary>
internal static class JoinedStreams
{
    private static readonly Dictionary<string, string[]> Encodings = new(StringComparer.Ordinal)
    {
        ["hevc-closed"] = X265("open-gop=0:bframes=4"),
        ["hevc-open"] = X265("open-gop=1:bframes=4"),
        ["hevc-radl"] = X265("open-gop=0:bframes=4:radl=2"),
        ["hevc-plain"] = X265("open-gop=0:bframes=0"),
        ["h264"] = ["libx264", "-bf", "3"],
        ["h264-open"] = ["libx264", "-bf", "3", "-x264-params", "open-gop=1"],
        ["mpeg2"] = ["mpeg2video", "-bf", "2"],
        ["mpeg4"] = ["mpeg4"],
        ["mpeg4-b"] = ["mpeg4", "-bf", "2"],
        ["msmpeg4v2"] = ["msmpeg4v2"],
        ["msmpeg4v3"] = ["msmpeg4"],
        ["wmv1"] = ["wmv1"],
        ["wmv2"] = ["wmv2"],
        ["flv1"] = ["flv"],
        ["h263"] = ["h263", "-s", "176x144"],
        ["theora"] = ["libtheora"],
        ["vp8"] = ["libvpx", "-deadline", "realtime"],
        ["vp9"] = ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
    };

    /// <summary>Makes a joined clip. Skips the test if ffmpeg lacks the encoder.</summary>
    /// <param name="folder">Folder for the clip.</param>
    /// <param name="name">Kind and container: "hevc-open.ts".</param>
    /// <returns>The clip, and a copy that starts at its first key frame, in which every decoded frame is complete.</returns>
    public static (string Joined, string Clean) Make(TemporaryFolder folder, string name)
    {
        var (kind, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        var encoding = Encodings[kind];
        Assert.SkipUnless(InstalledProgram.Ffmpeg.HasEncoder(encoding[0]), $"This ffmpeg has no encoder {encoding[0]}.");
        var whole = folder.File("whole" + extension);
        var joined = folder.File("joined" + extension);
        var clean = folder.File("clean" + extension);
        SequentialReference.Run([
            "-f", "lavfi", "-i", "testsrc2=size=160x112:rate=25:duration=2.4", "-c:v", encoding[0], "-g", "25", .. encoding[1..],
            "-pix_fmt", "yuv420p", whole]);
        switch (extension)
        {
            case ".ts":
                File.WriteAllBytes(joined, FromAThird(File.ReadAllBytes(whole)));
                break;
            case ".ivf":
                File.WriteAllBytes(joined, WithoutFirstPictures(File.ReadAllBytes(whole), 7));
                break;
            case ".hevc":
                File.WriteAllBytes(joined, File.ReadAllBytes(whole) is var bytes ? bytes[(bytes.Length / 3)..] : []);
                break;
            default:
                Copy(whole, joined, "-ss", "0.3", "-copyinkf");
                break;
        }

        // Without -copyinkf, the copy starts at the first key frame.
        Copy(joined, clean);
        return (joined, clean);
    }

    /// <summary>
    /// Returns how many frames of a clean clip come after its first key frame but are displayed before it; a joined clip has none of them.
    /// </summary>
    public static int FramesShownBeforeTheKeyFrame(string name) => name.StartsWith("hevc-radl", StringComparison.Ordinal) ? 2 : 0;

    /// <summary>Makes a clip that ends before a key frame.</summary>
    public static string MakeWithoutKeyFrame(TemporaryFolder folder, string name)
    {
        var (joined, _) = Make(folder, name);
        var path = folder.File("no-key-frame" + Path.GetExtension(name));
        Copy(joined, path, "-t", "0.2", "-copyinkf");
        return path;
    }

    /// <summary>Marks every picture of a movie as a sync sample, including those that are none.</summary>
    public static void MarkEveryPicture(string movie)
    {
        var bytes = File.ReadAllBytes(movie);
        "free"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("stss"u8))); // the list of sync samples: without it, all are
        File.WriteAllBytes(movie, bytes);
    }

    private static void Copy(string from, string to, params string[] options) =>
        SequentialReference.Run(["-v", "quiet", "-i", from, "-map", "0:v", "-c", "copy", .. options, to]);

    private static string[] X265(string parameters) =>
        ["libx265", "-preset", "ultrafast", "-x265-params", $"keyint=25:min-keyint=25:scenecut=0:log-level=none:{parameters}"];

    // Keeps the tables at the start and everything after the first third: a transport stream has packets of 188 bytes.
    private static byte[] FromAThird(byte[] stream) => [.. stream[..564], .. stream[(stream.Length / 188 / 3 * 188)..]];

    // The file has a header of 32 bytes, then pictures, each after its length (4 bytes) and its time (8 bytes).
    private static byte[] WithoutFirstPictures(byte[] ivf, int count)
    {
        var at = 32;
        for (var i = 0; i < count; i++) at += 12 + BinaryPrimitives.ReadInt32LittleEndian(ivf.AsSpan(at));
        return [.. ivf[..32], .. ivf[at..]];
    }
}
