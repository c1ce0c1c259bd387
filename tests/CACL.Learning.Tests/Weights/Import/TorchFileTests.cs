using System.IO.Compression;
using System.Text;
using CACL.Learning.Weights.Import;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights.Import;

public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("moco-protocol2.pth")]
    [InlineData("moco-protocol3.pth")]
    [InlineData("moco-protocol4.pth")]
    [InlineData("moco-protocol5.pth")]
    [InlineData("moco-before-1.6.pth")]
    [InlineData("moco-zip64.pth")]
    public void A_checkpoint_of_moco_is_read_in_every_form_that_torch_writes(string name) => AssertMoco(TorchFiles.Made(name));

    [Fact]
    public void A_compressed_archive_is_read() =>
        AssertMoco(TorchFiles.Write(
            _folder.File("deflated.pth"), TorchFiles.Entries(TorchFiles.Made("moco-protocol2.pth")), CompressionLevel.Optimal));

    [Theory]
    [InlineData("views.pth")]
    [InlineData("views-before-1.6.pth")]
    public void Views_and_types_are_read_as_torch_means_them(string name)
    {
        using var file = TorchFile.Open(TorchFiles.Made(name));
        var tensors = file.Read([.. file.Tensors.Where(t => t.Name != "long")]).ToDictionary(t => t.Name);
        Assert.Equal(Eighths(4, 5, 6, 7), tensors["row"].Values);
        Assert.Equal(Eighths(0, 3, 1, 4, 2, 5), tensors["transposed"].Values);
        Assert.Equal([3, 2], tensors["transposed"].Shape);
        Assert.Equal(Eighths(1, 3, 5, 7, 9, 11), tensors["every_second"].Values);
        Assert.Equal(Eighths(3, 3, 3, 3), tensors["repeated"].Values);
        Assert.Equal(Eighths(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), tensors["channels_last"].Values);
        Assert.Equal([1.5f], tensors["scalar"].Values);
        Assert.Empty(tensors["scalar"].Shape);
        Assert.Equal([0, 3], tensors["empty"].Shape);
        foreach (var type in new[] { "half", "brain", "double", "parameter" }) Assert.Equal(Eighths(0, 1, 2), tensors[type].Values);
        Assert.Equal(Eighths(8, 9), tensors["list.0"].Values);
        Assert.Equal(Eighths(16, 17), tensors["list.1.inner"].Values);
        Assert.Equal(14, file.Tensors.Count);
    }

    [Fact]
    public void Whole_numbers_are_listed_but_are_no_floats()
    {
        using var file = TorchFile.Open(TorchFiles.Made("views.pth"));
        var error = Assert.Throws<TorchFileException>(() => file.Read([file.Tensors.Single(t => t.Name == "long")]));
        Assert.Contains("tensor long: is I64, not a float type", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_a_big_endian_machine_are_turned_round()
    {
        var entries = TorchFiles.Entries(TorchFiles.Made("views.pth"));
        using var original = TorchFile.Open(TorchFiles.Made("views.pth"));
        var floats = original.Tensors.Where(t => t.Name is "row" or "transposed" or "channels_last").ToArray();
        foreach (var key in entries.Keys.Where(k => k.StartsWith("data/", StringComparison.Ordinal)).ToList())
        {
            // These three are float32 and share storages.
            entries[key] = [.. entries[key].Chunk(4).SelectMany(element => element.Reverse())];
        }

        entries["byteorder"] = Encoding.ASCII.GetBytes("big");
        using var turned = TorchFile.Open(TorchFiles.Write(_folder.File("big.pth"), entries));
        Assert.Equal(original.Read(floats).Select(t => t.Values), turned.Read(floats).Select(t => t.Values));
        entries["byteorder"] = Encoding.ASCII.GetBytes("middle");
        AssertRefused(TorchFiles.Write(_folder.File("middle.pth"), entries), "byteorder: says 'middle'");
    }

    [Fact]
    public void Storages_that_nobody_asks_for_are_not_touched()
    {
        var entries = TorchFiles.Entries(TorchFiles.Made("moco-protocol2.pth"));
        foreach (var key in entries.Keys.Where(k => k is not ("data.pkl" or "data/0")).ToList()) entries.Remove(key);
        using var file = TorchFile.Open(TorchFiles.Write(_folder.File("alone.pth"), entries));
        Assert.Equal(
            Eighths(0, 1, 2, 3, 4, 5),
            file.Read([file.Tensors.Single(t => t.Name.EndsWith("encoder_q.conv1.weight", StringComparison.Ordinal))])[0].Values);
        var error = Assert.Throws<TorchFileException>(() => file.Read(file.Tensors));
        Assert.Contains("storage 1: is missing in the archive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_storage_is_found_by_its_checksum()
    {
        var path = _folder.File("damaged.pth");
        var bytes = File.ReadAllBytes(TorchFiles.Made("moco-protocol2.pth"));
        // 5/8 is the sixth element of encoder_q's first storage.
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0x20, 0x3f]);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var file = TorchFile.Open(path);
        var error = Assert.Throws<TorchFileException>(
            () => file.Read([.. file.Tensors.Where(t => t.Name.EndsWith("encoder_q.conv1.weight", StringComparison.Ordinal))]));
        Assert.Contains("its checksum differs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/0", 4, "has 4 bytes, its 6 elements of F32 take 24")]
    [InlineData("data/0", 28, "has 28 bytes, its 6 elements of F32 take 24")]
    public void A_storage_of_another_size_than_its_tensors_say_is_refused(string key, int bytes, string expected)
    {
        var entries = TorchFiles.Entries(TorchFiles.Made("moco-protocol2.pth"));
        entries[key] = new byte[bytes];
        using var file = TorchFile.Open(TorchFiles.Write(_folder.File("size.pth"), entries));
        Assert.Contains(expected, Assert.Throws<TorchFileException>(() => file.Read([file.Tensors[0]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_told_apart_with_a_remedy()
    {
        AssertRefused(Write("text.pth", "hello"u8), "is neither a PyTorch file");
        AssertRefused(Write("empty.pth", []), "is neither a PyTorch file");
        AssertRefused(Write("bare.pth", new Pickle().Op('N').Done()), "is a pickle, but not one that torch.save wrote");
        AssertRefused(Write("tar.pth", [.. new byte[257], .. "ustar"u8, .. new byte[300]]), "is a tar archive of PyTorch before 0.1.10");
        AssertRefused(Write("cut.pth", File.ReadAllBytes(TorchFiles.Made("views.pth")).AsSpan(0, 2000)), "is the file whole?");
        AssertRefused(
            TorchFiles.Write(_folder.File("other.zip"), [KeyValuePair.Create("readme", Array.Empty<byte>())]), "holds no data.pkl");
        var script = TorchFiles.Entries(TorchFiles.Made("views.pth"));
        script["constants.pkl"] = [];
        AssertRefused(TorchFiles.Write(_folder.File("script.pt"), script), "is a TorchScript program");
        AssertRefused(_folder.File("none.pth"), "cannot be read");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(1000)]
    [InlineData(1700)]
    [InlineData(1810)]
    public void An_old_file_that_is_cut_short_is_refused(int length)
    {
        var path = Write("cut.pth", File.ReadAllBytes(TorchFiles.Made("views-before-1.6.pth")).AsSpan(0, length));
        Assert.Throws<TorchFileException>(() =>
        {
            using var file = TorchFile.Open(path);
            file.Read([.. file.Tensors.Where(t => t.Name != "long")]);
        });
    }

    private static void AssertMoco(string path)
    {
        using var file = TorchFile.Open(path);
        var names = file.Tensors.Select(t => t.Name).ToList();
        Assert.Equal("state_dict.module.encoder_q.conv1.weight", names[0]);
        Assert.Contains("optimizer.state.0.momentum_buffer", names);
        Assert.Equal(13, names.Count);
        var read = file.Read([.. file.Tensors.Where(t => t.Name.Contains("weight", StringComparison.Ordinal))])
            .ToDictionary(t => t.Name["state_dict.module.".Length..]);
        Assert.Equal(Eighths(0, 1, 2, 3, 4, 5), read["encoder_q.conv1.weight"].Values);
        Assert.Equal([2, 3, 1, 1], read["encoder_q.conv1.weight"].Shape);
        Assert.Equal(Eighths(110, 111), read["encoder_k.bn1.weight"].Values);
    }

    private static void AssertRefused(string path, string expected)
    {
        var error = Assert.Throws<TorchFileException>(() => TorchFile.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_folder.File(name), bytes);
        return _folder.File(name);
    }

    private static float[] Eighths(params int[] numbers) => [.. numbers.Select(n => n / 8f)];
}
