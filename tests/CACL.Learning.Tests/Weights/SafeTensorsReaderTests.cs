using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class SafeTensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"}}   """, 8)]
    [InlineData("""{"z":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"a":{"dtype":"U8","shape":[],"data_offsets":[3,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("""{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[7,0],"data_offsets":[0,0]}}""", 1)]
    [InlineData("""{"__metadata__":{"format":"pt"}}""", 0)]
    [InlineData("{}", 0)]
    public void What_the_format_allows_is_read(string header, int dataBytes)
    {
        using var file = SafeTensorsReader.Open(Write(SafeTensorsFiles.Raw(header, dataBytes)));
        Assert.Equal(dataBytes, file.Entries.Sum(e => e.ByteCount));
        Assert.Equal(file.Entries.Select(e => e.Offset).Order(), file.Entries.Select(e => e.Offset));
    }

    [Theory]
    [InlineData("""[]""", 0, "does not begin with '{'")]
    [InlineData(""" {}""", 0, "does not begin with '{'")]
    [InlineData("""{}{}""", 0, "valid JSON")]
    [InlineData("""{"a":""", 0, "valid JSON")]
    [InlineData("""{/*c*/}""", 0, "valid JSON")]
    [InlineData("""{"a":1}""", 0, "not described by an object")]
    [InlineData("""{"a":null}""", 0, "not described by an object")]
    [InlineData("""{"a":{}}""", 0, "lacks one of")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks one of")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype 'f32'")]
    [InlineData("""{"a":{"dtype":"12","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype '12'")]
    [InlineData("""{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}""", 1, "unknown dtype 'F4'")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "dtype is not a string")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "unknown key 'extra'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "'dtype' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "occurs twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "occurs twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "not a string")]
    [InlineData("""{"__metadata__":{"k":null}}""", 0, "not a string")]
    [InlineData("""{"__metadata__":[]}""", 0, "not an object")]
    [InlineData("""{"__metadata__":{"k":"\ud800"}}""", 0, "surrogate")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "overflows")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "overflows")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "begin and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}""", 8, "begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", 4, "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1, "cut short")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 3, "cut short")]
    public void What_the_format_forbids_is_refused_by_name(string header, int dataBytes, string reason)
    {
        var path = Write(SafeTensorsFiles.Raw(header, dataBytes));
        var fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(path));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, "does not begin")]
    [InlineData(3UL, "valid JSON")]
    [InlineData(1000UL, "after it")]
    [InlineData(100_000_001UL, "format allows")]
    [InlineData(ulong.MaxValue, "format allows")]
    public void A_header_length_that_lies_is_refused(ulong length, string reason)
    {
        var path = Write(SafeTensorsFiles.Raw("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, length));
        var fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(path));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_tensors_or_dimensions_than_any_network_has_are_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, 100_001).Select(i => $$"""
            "{{i}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}
            """));
        var fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(Write(SafeTensorsFiles.Raw($"{{{many}}}", 0))));
        Assert.Contains("more than 100000 tensors", fault.Message, StringComparison.Ordinal);
        var deep = string.Join(',', Enumerable.Repeat("1", 65));
        fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(
            Write(SafeTensorsFiles.Raw($$$"""{"a":{"dtype":"U8","shape":[{{{deep}}}],"data_offsets":[0,1]}}""", 1))));
        Assert.Contains("more than 64 numbers", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        var file = SafeTensorsFiles.Raw("""{"aa":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2);
        file[10] = 0xC3;
        file[11] = 0x28;
        var fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(Write(file)));
        Assert.Contains("UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_few_bytes_a_folder_and_a_missing_file_are_refused_in_a_sentence()
    {
        Assert.Contains(
            "7 bytes", Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(Write(new byte[7]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "folder", Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "none.safetensors", Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(_folder.File("none.safetensors"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_short_after_opening_is_a_typed_error_and_not_a_crash()
    {
        var path = _folder.File("shrinks.safetensors");
        SafeTensorsWriter.Write(path, SafeTensorsFiles.Sample());
        using var file = SafeTensorsReader.Open(path);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            stream.SetLength(stream.Length - 10);
        Assert.Throws<SafeTensorsException>(() => file.ReadBytes(file["b"]));
    }

    [Fact]
    public void A_hostile_name_does_not_flood_the_message()
    {
        var name = new string('x', 1_000_000);
        var fault = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.Open(Write(SafeTensorsFiles.Raw($$"""{"{{name}}":1}""", 0))));
        Assert.True(fault.Message.Length < 1000);
    }

    private string Write(byte[] bytes)
    {
        var path = _folder.File("case.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
