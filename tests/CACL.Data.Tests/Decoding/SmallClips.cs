namespace CACL.Data.Tests.Decoding;

/// <summary>Makes small clips with the ffmpeg program, for tests that must run without any data.</summary>
internal static class SmallClips
{
    private static readonly string[] Source = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=3"];

    /// <summary>Makes H.264 in mp4 with three B-frames and a key frame every 20.</summary>
    public static string BFrames(string path) => Encode(path, "-c:v", "libx264", "-g", "20", "-bf", "3", "-pix_fmt", "yuv420p");

    /// <summary>Makes the same with open groups of pictures: frames before a key frame refer to those before it.</summary>
    public static string OpenGop(string path) =>
        Encode(path, "-c:v", "libx264", "-g", "20", "-bf", "3", "-x264-params", "open-gop=1", "-pix_fmt", "yuv420p");

    /// <summary>Makes a clip without key frames after the first: columns of intra blocks move across the picture instead.</summary>
    public static string IntraRefresh(string path) =>
        Encode(path, "-c:v", "libx264", "-g", "20", "-x264-params", "intra-refresh=1", "-pix_fmt", "yuv420p");

    /// <summary>Makes HEVC with open groups of pictures.</summary>
    public static string HevcOpenGop(string path) =>
        Encode(
            path, "-c:v", "libx265", "-x265-params", "keyint=20:min-keyint=20:open-gop=1:bframes=4:log-level=none", "-pix_fmt", "yuv420p");

    /// <summary>Makes a clip with irregularly dropped frames whose times are kept.</summary>
    public static string VariableRate(string path)
    {
        SequentialReference.Require(); // before its options are read
        return Encode(
            path, "-vf", "select='not(mod(n,3))+not(mod(n,7))'", SequentialReference.PassthroughOption, "passthrough", "-c:v", "libx264",
            "-g", "12", "-pix_fmt", "yuv420p");
    }

    /// <summary>Makes an AVI whose packets have no presentation times.</summary>
    public static string Avi(string path) => Encode(path, "-c:v", "mpeg4", "-bf", "2", "-g", "20", "-pix_fmt", "yuv420p");

    /// <summary>Makes a clip of one colour, in limited or full range.</summary>
    public static string Flat(string path, string colour, string pixelFormat)
    {
        SequentialReference.Require();
        SequentialReference.Run(
            "-f", "lavfi", "-i", $"color=c={colour}:size=64x64:rate=25:duration=0.5", "-c:v", "libx264", "-qp", "1", "-pix_fmt",
            pixelFormat, path);
        return path;
    }

    /// <summary>Makes one picture, in the format of the path's extension.</summary>
    public static string Still(string path)
    {
        SequentialReference.Require();
        SequentialReference.Run([
            .. Source, "-frames:v", "1", "-update", "1", "-c:v", Path.GetExtension(path) == ".png" ? "png" : "mjpeg", "-f", "image2",
            path]);
        return path;
    }

    private static string Encode(string path, params string[] options)
    {
        SequentialReference.Require();
        SequentialReference.Run([.. Source, .. options, path]);
        return path;
    }
}
