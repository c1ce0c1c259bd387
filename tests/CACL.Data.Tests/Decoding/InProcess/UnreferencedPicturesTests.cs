using CACL.Data.Decoding.InProcess;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Decoding.InProcess;

/// <summary>Tests which packets need not be decoded, on packets written out here and on those of made videos.</summary>
public sealed class UnreferencedPicturesTests
{
    private const byte Slice = 0x01, ReferredSlice = 0x41, KeySlice = 0x65, Message = 0x06, Delimiter = 0x09, ParameterSet = 0x68;
    private static readonly byte[] AvcC = [1, 0x64, 0, 0x1f, 0xff, 0xe1, 0];

    [Theory]
    [InlineData(true, Slice)]
    [InlineData(true, Slice, Slice)]
    [InlineData(true, Delimiter, Slice)]
    [InlineData(false, ReferredSlice)]
    [InlineData(false, KeySlice)]
    [InlineData(false, Slice, ReferredSlice)]
    [InlineData(false, Message, Slice)]
    [InlineData(false, ParameterSet, Slice)]
    [InlineData(false, Delimiter)]
    public void An_H264_packet_can_go_if_it_has_nothing_but_slices_to_which_nothing_refers(bool expected, params byte[] headers) =>
        Assert.Equal(expected, UnreferencedPictures.Of("h264", AvcC)!.Contains(Packet([.. headers.Select(header => new[] { header })])));

    [Theory]
    [InlineData(true, 0, 1, 0)] // trailing, none of its sub-layer refers to it
    [InlineData(true, 0, 2, 1)]
    [InlineData(true, 8, 1, 0)] // leading, likewise
    [InlineData(false, 0, 1, 1)] // a higher sub-layer may refer to it
    [InlineData(false, 0, 2, 2)]
    [InlineData(false, 1, 1, 0)] // its sub-layer refers to it
    [InlineData(false, 19, 1, 0)] // a key picture
    [InlineData(false, 16, 1, 0)] // even, but no such type
    [InlineData(false, 39, 1, 0)] // a message
    public void An_HEVC_packet_can_go_if_it_is_unreferenced_in_the_highest_sub_layer(
        bool expected, int type, int subLayerPlus1, int highest) =>
        Assert.Equal(
            expected,
            UnreferencedPictures.Of("hevc", HvcC(highest))!.Contains(Packet([(byte)(type << 1), (byte)subLayerPlus1])));

    [Fact]
    public void Streams_without_a_configuration_record_are_not_judged()
    {
        Assert.Null(UnreferencedPictures.Of("h264", []));
        Assert.Null(UnreferencedPictures.Of("h264", [0, 0, 0, 1, 0x67, 1, 2, 3]));
        Assert.Null(UnreferencedPictures.Of("hevc", HvcC(0).AsSpan(0, 23))); // announces an array of parameter sets, and has none
        Assert.Null(UnreferencedPictures.Of("vp9", AvcC));
    }

    [Fact]
    public void Whatever_the_bytes_reading_them_ends_and_a_packet_cut_short_is_kept()
    {
        var packet = Packet([Slice, 1, 2, 3], [Slice, 4, 5]);
        Each.Holds(
            Enumerable.Range(1, packet.Length - 1).Where(length => length != 8),
            length => Assert.False(UnreferencedPictures.Of("h264", AvcC)!.Contains(packet.AsSpan(0, length))));
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 40]).Sample((isHevc, headers, bytes) =>
        {
            if (headers.Length > 0) headers[0] = 1;
            UnreferencedPictures.Of(isHevc ? "hevc" : "h264", headers)?.Contains(bytes);
        });
    }

    [Theory]
    [InlineData("b_frames.mp4", "h264")]
    [InlineData("hevc_open_gop.mp4", "hevc")]
    [InlineData("hevc_sub_layers.mp4", "hevc")]
    public void Made_videos_with_B_frames_have_such_packets_and_no_key_frame_is_one(string name, string codec)
    {
        using var deadline = new Deadline(name, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
        using var file = MediaFile.Open(InstalledFfmpeg.Libraries, MadeVideos.Path(name), deadline);
        using var packet = new MediaPacket(InstalledFfmpeg.Libraries.Functions);
        var pictures = UnreferencedPictures.Of(codec, file.Stream(0).ExtraData);
        Assert.NotNull(pictures);
        var (all, unreferenced, damaged) = (0, 0, false);
        for (; file.Read(packet, ref damaged); all++)
        {
            if (!pictures.Contains(packet.Bytes)) continue;
            unreferenced++;
            Assert.False(packet.IsKey);
        }

        Assert.False(damaged);
        Assert.InRange(unreferenced, all / 5, all * 4 / 5);
    }

    private static byte[] Packet(params byte[][] units) => [.. units.SelectMany(unit => (byte[])[0, 0, 0, (byte)unit.Length, .. unit])];

    private static byte[] HvcC(int highest) =>
        [1, .. new byte[20], 0x0f, 1, 0x21, 0, 1, 0, 4, 0x42, 0x01, (byte)((highest << 1) | 1), 0];
}
