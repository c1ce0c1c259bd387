using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;

namespace CACL.Data.Tests.Decoding.Isolated;

public sealed class FfprobeTextTests
{
    [Theory]
    [InlineData("stream|index=2|attached_pic=0side_data|side_data_type=Display Matrix|rotation=-90")] // 4.4
    [InlineData("stream|index=2|disposition:attached_pic=0|side_data|side_data_type=Display Matrix|rotation=-90")] // 5.1
    [InlineData("stream|index=2|disposition:attached_pic=0|side_datum/display_matrix:rotation=-90")] // 6.1 and later
    public void A_streams_side_data_is_read_as_each_version_writes_it(string line)
    {
        var fields = FfprobeText.Fields(line, "stream");
        Assert.Equal((2, 0, -90), (fields.Number("index"), fields.Number("attached_pic"), fields.Number("rotation")));
    }

    [Fact]
    public void Side_data_on_a_line_of_its_own_is_a_section()
    {
        const string Line =
            @"side_data|side_data_type=Display Matrix|displaymatrix=\n00000000:            0       65536           0\n|rotation=180";
        Assert.Empty(FfprobeText.Fields(Line, "stream"));
        Assert.Equal(180, FfprobeText.Fields(Line, "side_data").Number("rotation"));
    }

    [Theory]
    [InlineData("stream|index=0|attached_pic=0side_data|side_data_type=Display Matrix|displaymatrix={0}|rotation=-90")] // 4.4
    [InlineData("stream|index=0|side_data|side_data_type=Display Matrix|displaymatrix={0}|rotation=-90")] // 5.1
    [InlineData("stream|index=0|side_datum/display_matrix:displaymatrix={0}|side_datum/display_matrix:rotation=-90")] // 6.1 and later
    public void A_display_matrix_is_read_as_each_version_writes_it(string line)
    {
        const string Rows =
            @"\n00000000:            0       65536           0\n00000001:        65536           0           0"
            + @"\n00000002:            0           0  1073741824\n";
        var fields = FfprobeText.Fields(line.Replace("{0}", Rows, StringComparison.Ordinal), "stream");
        Assert.Equal(new DisplayOrientation(90, Mirrored: true), fields.Orientation());
    }

    [Theory]
    [InlineData("frame|key_frame=1")]
    [InlineData("frame|displaymatrix=")]
    [InlineData(@"frame|displaymatrix=\n00000000:            0       65536")]
    [InlineData(@"frame|displaymatrix=\n00000000:            x       65536           0\n")]
    public void What_is_no_display_matrix_is_none(string line) => Assert.Null(FfprobeText.Fields(line, "frame").Orientation());

    [Fact]
    public void A_packets_own_fields_stay_whole_beside_its_side_data()
    {
        var fields =
            FfprobeText.Fields("packet|stream_index=0|pts=512|size=77|flags=K_side_data|side_data_type=New Extradata|size=3", "packet");
        Assert.Equal("K_", fields["flags"]);
        Assert.Equal((512, 77), (fields.Number("pts"), fields.Number("size")));
    }
}
