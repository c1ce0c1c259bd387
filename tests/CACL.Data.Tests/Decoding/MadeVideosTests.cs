using System.Diagnostics;
using System.Globalization;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Checks with ffprobe that the made videos have the properties that they are made for.</summary>
public sealed class MadeVideosTests
{
    [Theory]
    [InlineData("h264_10_bit.mp4", "pix_fmt=yuv420p10le")]
    [InlineData("hevc_10_bit.mp4", "pix_fmt=yuv420p10le")]
    [InlineData("odd_444.mp4", "width=159\nheight=119", "pix_fmt=yuv444p")]
    [InlineData("odd.webm", "width=159\nheight=119", "pix_fmt=yuv420p")]
    [InlineData("wide_pixels.mp4", "sample_aspect_ratio=16:9")]
    [InlineData("full_range.mp4", "color_range=pc")]
    [InlineData("bt601.mp4", "color_space=smpte170m")]
    [InlineData("bt709.mp4", "color_space=bt709")]
    [InlineData("interlaced.ts", "field_order=tt", "sample_aspect_ratio=12:11")]
    [InlineData("start_5s.mp4", "start_time=5.000000")]
    [InlineData("rotation_90.mp4", "rotation=-90")]
    [InlineData("rotation_270.mp4", "rotation=90")]
    [InlineData("cover.mp4", "DISPOSITION:attached_pic=1")]
    [InlineData("two_videos.mkv", "DISPOSITION:default=0", "DISPOSITION:default=1")]
    public void A_stream_is_as_its_name_says(string name, params string[] words) =>
        Each.Holds(words, word => Assert.Contains(word, Probe(name, "-show_streams"), StringComparison.Ordinal));

    [Fact]
    public void An_edit_list_hides_frames_that_are_in_the_file()
    {
        Assert.True(MadeVideoTruth.Of("edit_list.mp4").Frames.Count < MadeVideoTruth.Of("b_frames.mp4").Frames.Count);
        Assert.Equal(MadeVideoTruth.Of("b_frames.mp4").Frames.Count, Packets("edit_list.mp4").Length);
    }

    [Fact]
    public void Frames_of_an_open_group_come_after_their_key_frame_and_are_shown_before_it()
    {
        var packets = Packets("open_gop.mp4");
        var key = Array.FindIndex(packets, 1, packet => packet.Key);
        Assert.Contains(packets[(key + 1)..], packet => packet.Time < packets[key].Time);
    }

    [Fact]
    public void Frames_come_in_another_order_than_they_are_shown_or_share_a_time_or_leave_a_gap()
    {
        var (reordered, twins) = (Packets("b_frames.mp4"), Packets("twins.mkv"));
        Assert.NotEqual(reordered.Select(packet => packet.Time).Order(), reordered.Select(packet => packet.Time));
        Assert.Equal(2 * twins.DistinctBy(packet => packet.Time).Count(), twins.Length);
        Assert.True(Steps("gap.mp4").Max() > 20 * Steps("gap.mp4").Min());
        Assert.True(Steps("variable_rate.mp4").Distinct().Count() > 1);
        Assert.True(Steps("jitter.mp4").Distinct().Count() > 2);
        Assert.Single(Packets("one_key_frame.mp4"), packet => packet.Key);
        Each.Holds(Packets("all_intra.mp4"), packet => Assert.True(packet.Key));

        static long[] Steps(string name)
        {
            long[] times = [.. Packets(name).Select(packet => packet.Time).Order()];
            return [.. times.Zip(times.Skip(1), (one, next) => next - one)];
        }
    }

    [Fact]
    public void A_video_that_takes_an_encoder_which_ffmpeg_lacks_is_skipped_by_its_name()
    {
        var said = "";
        try
        {
            FfmpegCommand.Require("libx264", "libnothing");
        }
        catch (Exception skipped)
        {
            said = skipped.Message;
        }

        Assert.Contains("This ffmpeg has no encoder libnothing", said, StringComparison.Ordinal);
    }

    private static (long Time, bool Key)[] Packets(string name)
    {
        var lines = Probe(name, "-show_packets", "-select_streams", "v", "-show_entries", "packet=pts,flags", "-of", "csv=p=0");
        return
        [
            .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
                .Select(cells => (long.Parse(cells[0], CultureInfo.InvariantCulture), cells[1].Contains('K'))),
        ];
    }

    private static string Probe(string name, params string[] options)
    {
        var path = MadeVideos.Path(name);
        string[] arguments = ["-v", "error", .. options, path];
        using var process = Process.Start(
            new ProcessStartInfo(InstalledProgram.Ffmpeg.FfprobePath, arguments) { RedirectStandardOutput = true })!;
        var words = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return words;
    }
}
