namespace CACL.Testing;

/// <summary>Damaged videos, and files that are named like videos but are none.</summary>
internal static class DamagedVideos
{
    /// <summary>The files and how to make them.</summary>
    public static IReadOnlyList<MadeVideo> All { get; } =
    [
        Changed("truncated.mp4", "cut at 60 %; the index promises more", "index_first.mp4", bytes => bytes[..(bytes.Length * 6 / 10)]),
        Changed("truncated.avi", "cut at 60 %, the index lost", "mjpeg.avi", bytes => bytes[..(bytes.Length * 6 / 10)])
            with { Encoders = ["mjpeg"] },
        Changed("bits_flipped.mp4", "ten bits of the frames flipped", "b_frames.mp4", Mp4Bytes.FlipBits),
        NoVideo("truncated_index_lost.mp4", "cut at 60 %, with the index at its end", path =>
            Write(path, "b_frames.mp4", bytes => bytes[..(bytes.Length * 6 / 10)])),
        NoVideo("index_missing.mp4", "without its index", path =>
            Write(path, "index_first.mp4", bytes => Mp4Bytes.Without(bytes, "moov"u8))),
        NoVideo("audio_only.mp4", "sound alone", path => FfmpegCommand.Run("-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac", path))
            with { Encoders = ["aac"] },
        NoVideo("jpeg.mp4", "a JPEG picture", path => FfmpegCommand.Run(
            "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", "-f", "image2pipe", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", path))
            with { Encoders = ["mjpeg"] },
        NoVideo("zero_length.mp4", "no bytes", path => File.WriteAllBytes(path, [])) with { Encoders = [] },
        Text("text.mp4", "plain text", "Nothing to see here.\n"),
        // A decoder that follows these two reads another file than the one it was given.
        Text("playlist.mp4", "an HLS playlist that names a neighbour",
            "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nstart_7s.ts\n#EXT-X-ENDLIST\n", "start_7s.ts"),
        Text("script.mp4", "a script of ffmpeg's that names a neighbour", "ffconcat version 1.0\nfile plain.mp4\n", "plain.mp4"),
    ];

    private static MadeVideo Changed(string name, string what, string from, Func<byte[], byte[]> change) =>
        new(name, what, path => Write(path, from, change));

    private static MadeVideo NoVideo(string name, string what, Action<string> make) => new(name, what, make) { IsVideo = false };

    private static MadeVideo Text(string name, string what, string text, string? neighbour = null)
    {
        var file = NoVideo(name, what, path =>
        {
            if (neighbour is not null) MadeVideos.Path(neighbour);
            File.WriteAllText(path, text);
        });
        return file with { Encoders = neighbour is null ? [] : ["libx264"] };
    }

    private static void Write(string path, string from, Func<byte[], byte[]> change) =>
        File.WriteAllBytes(path, change(File.ReadAllBytes(MadeVideos.Path(from))));
}
