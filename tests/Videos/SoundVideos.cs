namespace CACL.Testing;

/// <summary>Intact videos, each with a property that a decoder can get wrong.</summary>
internal static class SoundVideos
{
    private const string Plain = "plain.mp4";
    private const string BFrames = "b_frames.mp4";
    private const string Picture = "jpeg.mp4";

    /// <summary>The videos and how to make them.</summary>
    public static IReadOnlyList<MadeVideo> All { get; } = [.. Orders(), .. Times(), .. Streams(), .. Pictures(), .. Codecs(), .. Lengths()];

    private static IEnumerable<MadeVideo> Orders() =>
    [
        H264(Plain, "key frames and frames that refer backwards", "-g", "12"),
        H264(BFrames, "B-frames that others refer to; the first decoding time is negative",
            "-g", "20", "-bf", "3", "-x264-params", "b-pyramid=normal"),
        H264("open_gop.mp4", "frames before a key frame refer to those before it", "-g", "20", "-bf", "3", "-x264-params", "open-gop=1"),
        H264("all_intra.mp4", "key frames only", "-g", "1"),
        H264("one_key_frame.mp4", "no key frame but the first", "-g", "1000", "-bf", "2"),
        H264("intra_refresh.mkv", "columns of intra blocks instead of key frames", "-g", "20", "-x264-params", "intra-refresh=1"),
        Hevc("hevc_open_gop.mp4", "HEVC, open groups of pictures", "yuv420p", "open-gop=1"),
        Hevc("hevc_sub_layers.mp4", "HEVC, B-frames in a temporal sub-layer of their own", "yuv420p", "temporal-layers=1:b-pyramid=1"),
    ];

    private static IEnumerable<MadeVideo> Times() =>
    [
        H264("variable_rate.mp4", "frames left out irregularly", "-vf", "select='not(mod(n,3))+not(mod(n,7))'", "-g", "12"),
        Vpx("variable_rate.webm", "a dense burst among sparse frames", "libvpx-vp9", "-vf", "select='not(mod(n,9))+between(n,20,35)'"),
        H264("jitter.mp4", "times off by some milliseconds, in 1/90000 s", "-vf", @"settb=1/90000,setpts='N*3600+100*mod(7*N*N\,11)'",
            "-enc_time_base", "1:90000", "-video_track_timescale", "90000", "-bf", "2", "-g", "20"),
        H264("gap.mp4", "nothing for 2.5 s after frame 20", "-vf", "setpts='PTS+gt(N,20)*2.5/TB'", "-bf", "2", "-g", "12"),
        Copy("twins.mkv", "frames in pairs of one time", Plain, "-bsf:v", "setts=pts=floor(N/2)*80:dts=floor(N/2)*80"),
        new("edit_list.mp4", "cut within a group of pictures: an edit list hides what comes before", path =>
            FfmpegCommand.Run("-ss", "0.7", "-i", MadeVideos.Path(BFrames), "-c", "copy", path)),
        Copy("start_5s.mp4", "starts at 5 s", BFrames, "-output_ts_offset", "5"),
        Copy("start_7s.ts", "starts at 7.5 s, MPEG-TS", BFrames, "-output_ts_offset", "7.5"),
        Copy("negative_offsets.mp4", "presented before decoded, by the numbers", BFrames, "-movflags", "negative_cts_offsets"),
        Copy("no_duration.mkv", "neither duration nor index", Plain, "-live", "1"),
        Copy("raw.h264", "no container: no times", BFrames, "-bsf:v", "h264_mp4toannexb"),
        Coded("times_missing.avi", "AVI with B-frames: packets have no presentation times", "mpeg4", "-bf", "2", "-g", "20"),
        Coded("packed.avi", "B-frames packed into the packet before", "libxvid", "-bf", "2", "-g", "20"),
    ];

    private static IEnumerable<MadeVideo> Streams() =>
    [
        Copy("fragmented.mp4", "a fragment a group of pictures", BFrames, "-movflags", "empty_moov+frag_keyframe"),
        Copy("index_first.mp4", "the index before the frames", BFrames, "-movflags", "faststart"),
        Joined("cover.mp4", "a cover picture beside the video", BFrames, Picture, "-disposition:v:1", "attached_pic")
            with { Encoders = ["libx264", "mjpeg"] },
        Joined("thumbnail_first.mp4", "a track of one picture before the video", Picture, BFrames)
            with { Stream = 1, Encoders = ["libx264", "mjpeg"] },
        Joined("audio_first.mp4", "sound before the video", "audio_only.mp4", BFrames)
            with { Stream = 1, Encoders = ["libx264", "aac"] },
        new("subtitle_first.mkv", "subtitles before the video", path => WithPiece(path, words =>
        {
            File.WriteAllText(words, "1\n00:00:00,000 --> 00:00:01,000\nNothing to hear.\n\n");
            FfmpegCommand.Run(
                "-f", "srt", "-i", words, "-i", MadeVideos.Path(BFrames), "-map", "0", "-map", "1", "-c", "copy", "-c:s", "srt", path);
        })) { Stream = 1, Encoders = ["libx264", "srt"] },
        Joined("two_videos.mkv", "two videos, the second is the default", BFrames, "yuv444.mp4",
            "-disposition:v:0", "0", "-disposition:v:1", "default"),
    ];

    private static IEnumerable<MadeVideo> Pictures() =>
    [
        .. new[] { 90, 180, 270 }.Select(degrees => new MadeVideo($"rotation_{degrees}.mp4", $"shown after a turn of {degrees} degrees",
            path => File.WriteAllBytes(path, Mp4Bytes.Turn(File.ReadAllBytes(MadeVideos.Path(BFrames)), degrees)))),
        H264("wide_pixels.mp4", "pixels of 16:9", "-vf", "setsar=16/9", "-g", "20"),
        Coloured("h264_10_bit.mp4", "10 bits", "yuv420p10le", "-g", "20", "-bf", "2"),
        Hevc("hevc_10_bit.mp4", "HEVC, 10 bits", "yuv420p10le", "open-gop=0"),
        Coloured("yuv444.mp4", "4:4:4", "yuv444p", "-g", "20"),
        Coloured("odd_444.mp4", "odd width and height, 4:4:4", "yuv444p", "-vf", "format=yuv444p,crop=159:119:exact=1", "-g", "20"),
        Vpx("odd.webm", "odd width and height, 4:2:0", "libvpx-vp9", "-vf", "format=yuv444p,crop=159:119:exact=1,format=yuv420p"),
        Coloured("full_range.mp4", "full range", "yuvj420p", "-vf", "scale=out_range=pc", "-g", "20"),
        Tagged("bt601.mp4", "bt601", "smpte170m"),
        Tagged("bt709.mp4", "bt709", "bt709"),
        Coded("interlaced.ts", "interlaced MPEG-2 with pixels of 12:11", "mpeg2video",
            "-vf", "scale=176:144,setpts=PTS/2,fps=50,interlace,setsar=12/11", "-flags", "+ildct+ilme", "-top", "1",
            "-b:v", "2M", "-g", "12", "-bf", "2"),
        new("size_change.ts", "another size from the middle on", path => WithPiece(path, piece =>
        {
            FfmpegCommand.Run("-i", MadeVideos.Path(Plain), "-c", "copy", path);
            FfmpegCommand.Run([.. Source("120x80", 1), .. X264, "-g", "12", "-output_ts_offset", "2", "-f", "mpegts", piece]);
            File.AppendAllBytes(path, File.ReadAllBytes(piece));
        })),
    ];

    private static IEnumerable<MadeVideo> Codecs() =>
    [
        Coded("mjpeg.avi", "Motion JPEG", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p"),
        Coded("mjpeg.mov", "Motion JPEG whose container gives each frame its time", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p"),
        Coded("flv1.flv", "Sorenson H.263", "flv", "-g", "20"),
        Coded("h263.3gp", "H.263", "h263", "-s", "176x144", "-g", "20"),
        Coded("wmv2.wmv", "WMV2 in ASF", "wmv2", "-g", "20"),
        Coded("animated.gif", "GIF with a palette", "gif", "-vf", "select='not(mod(n,2))'"),
        Coded("av1.mp4", "AV1", "libsvtav1", "-preset", "12", "-g", "20"),
        Vpx("vp8.webm", "VP8", "libvpx"),
        Vpx("vp9.webm", "VP9", "libvpx-vp9"),
    ];

    private static IEnumerable<MadeVideo> Lengths() =>
    [
        Copy("five_frames.mp4", "five frames", Plain, "-frames:v", "5"),
        Copy("one_frame.mp4", "one frame", Plain, "-frames:v", "1"),
        new("tiny.mp4", "16×16 pixels", path => FfmpegCommand.Run([.. Source("16x16", 2), .. X264, "-g", "20", path])),
    ];

    private static string[] X264 => ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

    private static string[] Source(string size = "160x120", int seconds = 2) =>
        ["-f", "lavfi", "-i", $"testsrc2=size={size}:rate=25:duration={seconds}"];

    private static MadeVideo H264(string name, string what, params string[] options) => Coloured(name, what, "yuv420p", options);

    private static MadeVideo Coloured(string name, string what, string pixels, params string[] options) =>
        Coded(name, what, "libx264", ["-preset", "ultrafast", "-pix_fmt", pixels, .. options]);

    private static MadeVideo Tagged(string name, string matrix, string tag) => Coloured(
        name, $"stored and tagged by the matrix of {matrix}", "yuv420p",
        "-vf", $"scale=out_color_matrix={matrix}", "-color_primaries", tag, "-color_trc", tag, "-colorspace", tag, "-qp", "4");

    private static MadeVideo Hevc(string name, string what, string pixels, string parameters) => Coded(
        name, what, "libx265", "-preset", "ultrafast", "-pix_fmt", pixels, "-tag:v", "hvc1",
        "-x265-params", $"log-level=none:keyint=20:min-keyint=20:bframes=4:{parameters}");

    private static MadeVideo Vpx(string name, string what, string encoder, params string[] options) =>
        Coded(name, what, encoder, ["-deadline", "realtime", "-cpu-used", "8", "-g", "20", .. options]);

    private static MadeVideo Coded(string name, string what, string encoder, params string[] options)
    {
        var video = new MadeVideo(name, what, path =>
            FfmpegCommand.Run([.. Source(), FfmpegCommand.PassthroughOption, "passthrough", "-c:v", encoder, .. options, path]));
        return video with { Encoders = [encoder] };
    }

    private static MadeVideo Copy(string name, string what, string from, params string[] options) =>
        new(name, what, path => FfmpegCommand.Run(["-i", MadeVideos.Path(from), "-c", "copy", .. options, path]));

    private static MadeVideo Joined(string name, string what, string first, string second, params string[] options) =>
        new(name, what, path => FfmpegCommand.Run(
            ["-i", MadeVideos.Path(first), "-i", MadeVideos.Path(second), "-map", "0", "-map", "1", "-c", "copy", .. options, path]));

    private static void WithPiece(string path, Action<string> make)
    {
        var piece = path + ".piece";
        make(piece);
        File.Delete(piece);
    }
}
