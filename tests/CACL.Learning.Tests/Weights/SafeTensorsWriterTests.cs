using System.Buffers.Binary;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class SafeTensorsWriterTests
{
    [Fact]
    public void The_data_begin_at_a_multiple_of_eight_bytes()
    {
        for (var length = 1; length < 20; length++)
        {
            using var memory = new MemoryStream();
            SafeTensorsWriter.Write(memory, "memory", [SafeTensorsItem.Of(new string('n', length), SafeTensorsType.U8, [1], new byte[1])]);
            Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(memory.ToArray()) % 8);
        }
    }

    [Fact]
    public void A_tensor_that_writes_too_little_or_too_much_is_refused()
    {
        using var memory = new MemoryStream();
        var item = SafeTensorsItem.Of("short", SafeTensorsType.F32, [2], new byte[7]);
        Assert.Contains(
            "'short'", Assert.Throws<SafeTensorsException>(() => SafeTensorsWriter.Write(memory, "memory", [item])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_taken_or_reserved_is_refused()
    {
        var item = SafeTensorsItem.Of("twice", SafeTensorsType.U8, [0], ReadOnlyMemory<byte>.Empty);
        Assert.Throws<SafeTensorsException>(() => SafeTensorsWriter.Write(Stream.Null, "memory", [item, item]));
        Assert.Throws<SafeTensorsException>(() => SafeTensorsWriter.Write(Stream.Null, "memory", [item with { Name = "__metadata__" }]));
    }

    [Fact]
    public void Every_golden_file_is_read_and_covers_its_bytes()
    {
        Each.Holds(GoldenFiles.All.Select(GoldenFiles.Path), path =>
        {
            using var file = SafeTensorsReader.Open(path);
            Assert.NotEmpty(file.Entries);
            Assert.Contains("case", file.Metadata.Keys);
        });
    }
}
