using CACL.Learning.Weights;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Weights;

public sealed class SafeTensorsPropertyTests : IDisposable
{
    private static readonly SafeTensorsType[] Types = Enum.GetValues<SafeTensorsType>();

    private static readonly Gen<SafeTensorsItem[]> Items =
        Gen.Select(Gen.String[1, 12], Gen.Int[0, Types.Length - 1], Gen.Long[0, 4].Array[0, 3])
            .Where(item => item.Item1 != "__metadata__" && item.Item1.All(c => !char.IsSurrogate(c)))
            .Select((name, type, shape) => Item(name, Types[type], shape))
            .Array[0, 6]
            .Select(items => items.DistinctBy(i => i.Name).ToArray());

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        Items.Sample(items =>
        {
            using var path = new OwnFile(_folder);
            SafeTensorsWriter.Write(path.Path, items, new Dictionary<string, string> { ["case"] = "a \"quoted\" word" });
            using var file = SafeTensorsReader.Open(path.Path);
            Assert.Equal("a \"quoted\" word", file.Metadata["case"]);
            Assert.Equal(items.Length, file.Entries.Count);
            foreach (var item in items)
            {
                var entry = file[item.Name];
                Assert.Equal(item.Type, entry.Type);
                Assert.Equal(item.Shape, entry.Shape);
                Assert.Equal(0, entry.Offset % item.Type.ElementSize());
                Assert.Equal(Bytes(item), file.ReadBytes(entry));
            }
        });
    }

    [Fact]
    public void The_order_in_which_tensors_are_handed_over_does_not_show_in_the_file()
    {
        Items.SelectMany(items => Gen.Shuffle((SafeTensorsItem[])items.Clone()).Select(shuffled => (items, shuffled))).Sample(two =>
        {
            Assert.Equal(InMemory(two.items), InMemory(two.shuffled));
        });
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_but_never_crashes()
    {
        var valid = InMemory(SafeTensorsFiles.Sample());
        var mutation = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(mutation.Array[1, 6], Gen.Int[0, 3]).Sample(
            (mutations, cut) =>
            {
                var bytes = valid.ToList();
                foreach (var (at, value, kind) in mutations) Mutate(bytes, at, value, kind);
                Check([.. bytes.SkipLast(cut)]);
            },
            iter: 2000);
    }

    [Fact]
    public void Numbers_in_the_header_may_be_anything()
    {
        var number = Gen.OneOf<string>(
            Gen.Long.Select(v => v.ToString()),
            Gen.ULong.Select(v => v.ToString()),
            Gen.Double.Select(v => v.ToString("R")),
            Gen.OneOf<string>("0", "8", "-0", "1e400", "9223372036854775807", "9223372036854775808", "null", "[]", "4611686018427387904"));
        Gen.Select(number, number, number, number).Sample(
            (a, b, c, d) =>
                Check(SafeTensorsFiles.Raw($"{{\"t\":{{\"dtype\":\"F32\",\"shape\":[{a},{b}],\"data_offsets\":[{c},{d}]}}}}", 8)),
            iter: 1000);
    }

    private static void Mutate(List<byte> bytes, int at, byte value, int kind)
    {
        at = Math.Min(at, bytes.Count - 1);
        switch (kind)
        {
            case 0: bytes[at] = value; break;
            case 1: bytes[at] ^= (byte)(1 << (value & 7)); break;
            case 2: bytes.Insert(at, value); break;
            default: if (bytes.Count > 1) bytes.RemoveAt(at); break;
        }
    }

    /// <summary>Checks the law: a file is read completely, with tensors that cover it, or rejected with the typed error.</summary>
    private void Check(byte[] bytes)
    {
        using var path = new OwnFile(_folder);
        File.WriteAllBytes(path.Path, bytes);
        try
        {
            using var file = SafeTensorsReader.Open(path.Path);
            foreach (var entry in file.Entries) Assert.Equal(entry.ByteCount, file.ReadBytes(entry).Length);
        }
        catch (SafeTensorsException e)
        {
            Assert.Contains(path.Path, e.Message, StringComparison.Ordinal);
        }
    }

    private static SafeTensorsItem Item(string name, SafeTensorsType type, long[] shape)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b) * type.ElementSize();
        return SafeTensorsItem.Of(name, type, shape, Enumerable.Range(0, (int)count).Select(i => (byte)(i * 31 + name.Length)).ToArray());
    }

    private static byte[] Bytes(SafeTensorsItem item)
    {
        using var memory = new MemoryStream();
        item.WriteTo(memory);
        return memory.ToArray();
    }

    private static byte[] InMemory(SafeTensorsItem[] items)
    {
        using var memory = new MemoryStream();
        SafeTensorsWriter.Write(memory, "memory", items);
        return memory.ToArray();
    }

    /// <summary>A file that only one sample uses, since CsCheck runs samples on several threads.</summary>
    private sealed class OwnFile(TemporaryFolder folder) : IDisposable
    {
        public string Path { get; } = folder.File($"{Guid.NewGuid():N}.safetensors");

        public void Dispose() => File.Delete(Path);
    }
}
