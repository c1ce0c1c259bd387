using System.Diagnostics;
using CACL.Learning.Weights.Import;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Weights.Import;

public sealed class HostilePickleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Attacks => new()
    {
        { "posix.system by REDUCE", "byte 2: names posix.system" },
        { "os.system by REDUCE", "names os.system" },
        { "builtins.eval by STACK_GLOBAL", "names builtins.eval" },
        { "a dotted name by STACK_GLOBAL", "names torch._utils.os.system" },
        { "a module with the dot elsewhere", "names torch._utils._rebuild_tensor_v2" },
        { "names that are no texts", "STACK_GLOBAL without" },
        { "EXT1", "the opcode EXT1" },
        { "EXT2", "the opcode EXT2" },
        { "EXT4", "the opcode EXT4" },
        { "NEWOBJ", "the opcode NEWOBJ" },
        { "INST", "the opcode INST" },
        { "OBJ", "the opcode OBJ" },
        { "no opcode at all", "the opcode 0xFF" },
        { "REDUCE of a text", "a name to call is expected, not a text" },
        { "REDUCE of a storage type", "torch.FloatStorage is called" },
        { "BUILD on a function", "a dict to give attributes to is expected, not torch._utils._rebuild_tensor_v2" },
        { "BUILD with a tuple", "a dict of attributes is expected, not a tuple" },
        { "BUILD inside BUILD", "names os.system" },
        { "a persistent id that is none", "a storage is expected, not a text" },
        { "a memo that holds nothing", "the memo holds nothing under 9" },
        { "an empty stack", "the stack is empty" },
        { "a mark popped as a value", "the stack is empty down to its mark" },
        { "no mark", "the stack has no mark" },
        { "a protocol to come", "protocol 6 of pickle" },
        { "a text of 4 GB", "of 4294967295 bytes" },
        { "a text of 16 EB", "of 18446744073709551615 bytes" },
        { "a frame of 16 EB", "a frame of 18446744073709551615 bytes" },
        { "a text beyond the end", "it ends in the middle of an opcode" },
        { "no end", "it ends in the middle of an opcode" },
        { "something after the end", "goes on for 1 bytes after its end" },
        { "values left over", "left over" },
        { "half a character", "a text is not UTF-8" },
        { "a key without a value", "a key without a value" },
        { "OrderedDict with arguments", "collections.OrderedDict with arguments" },
        { "a tensor beyond its storage", "reaches beyond its storage of 2 elements" },
        { "a tensor before its storage", "reaches beyond its storage" },
        { "a tensor of negative size", "whose size holds a whole number that is no count" },
        { "a tensor larger than memory", "is larger than any memory" },
        { "a tensor of unequal sizes and strides", "a tensor with 2 sizes and 1 strides" },
        { "a tensor of tensors", "is not made of storage, offset, size and stride" },
        { "a storage of negative size", "a storage is expected" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void What_weights_do_not_need_is_refused_and_named(string attack, string expected)
    {
        var path = TorchFiles.WithPickle(_folder.File("hostile.pth"), HostilePickles.Of(attack, _folder.File("touched")));
        var error = Assert.Throws<TorchFileException>(() => TorchFile.Open(path).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("data.pkl, byte ", error.Where, StringComparison.Ordinal);
        Assert.Equal(["hostile.pth"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_million_opcodes_are_the_limit()
    {
        var pickle = new Pickle().Op([.. Enumerable.Repeat((byte)'}', 2_000_000)]).Done();
        Refused(pickle, "more than 1000000 opcodes");
    }

    [Fact]
    public void Dictionaries_inside_each_other_without_end_are_refused_where_tensors_are_looked_for()
    {
        var pickle = new Pickle().Op('}');
        for (var i = 0; i < 100_000; i++) pickle.Op((byte)'U', 1, (byte)'a').Op('}');
        for (var i = 0; i < 100_000; i++) pickle.Op('s');
        Refused(pickle.Done(), "nested more than 12 deep");
    }

    [Fact]
    public void A_dictionary_that_holds_itself_and_one_shared_a_million_times_over_are_walked_once()
    {
        // This is d = {"d": d, "t": a tensor, "l": [l2, …]}, where each of eight lists contains the next one ten times: 10⁸ paths through
        // them.
        var pickle = new Pickle()
            .Op('}')
            .Op((byte)'q', 0)
            .Text("d")
            .Op((byte)'h', 0)
            .Op('s')
            .Text("t")
            .Tensor("0", 2, 0, [2], [1])
            .Op('s')
            .Text("l");
        pickle.Op(']').Op((byte)'q', 1);
        for (byte i = 1; i <= 8; i++)
        {
            pickle.Op(']').Op((byte)'q', (byte)(i + 1));
            for (var times = 0; times < 10; times++) pickle.Op((byte)'h', i).Op('a');
        }

        for (var i = 0; i < 8; i++) pickle.Op('a');
        using var file = TorchFile.Open(TorchFiles.WithPickle(_folder.File("shared.pth"), pickle.Op('s').Done()));
        Assert.Equal("t", Assert.Single(file.Tensors).Name);
    }

    [Fact]
    public void More_tensors_than_any_network_has_are_refused()
    {
        var pickle = new Pickle().Op(']').Tensor("0", 2, 0, [2], [1]).Op((byte)'q', 0).Op('a');
        for (var i = 0; i < 20_000; i++) pickle.Op((byte)'h', 0).Op('a');
        Refused(pickle.Done(), "more than 20000 tensors");
    }

    [Fact]
    public void A_compressed_pickle_that_unfolds_beyond_the_bound_is_refused_before_it_is_read()
    {
        var path = TorchFiles.Write(
            _folder.File("bomb.pth"), [KeyValuePair.Create("data.pkl", new byte[65 << 20])],
            System.IO.Compression.CompressionLevel.Fastest);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<TorchFileException>(() => TorchFile.Open(path));
        Assert.Contains("at most 67108864 are allowed", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
    }

    [Fact]
    public void An_entry_that_claims_gigabytes_is_refused_before_they_are_allocated()
    {
        const int Claimed = 500_000_000;
        var path = TorchFiles.WithPickle(
            _folder.File("claim.pth"), new Pickle().Op('}').Text("t").Tensor("0", Claimed, 0, [2], [Claimed - 1]).Op('s').Done());
        var bytes = File.ReadAllBytes(path);
        // In the archive's directory, the compressed and uncompressed sizes are 26 bytes before the name.
        var at = bytes.AsSpan().LastIndexOf("archive/data/0"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(at - 26), (uint)(Claimed * 4L));
        BitConverter.TryWriteBytes(bytes.AsSpan(at - 22), (uint)(Claimed * 4L));
        File.WriteAllBytes(path, bytes);
        using var file = TorchFile.Open(path);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "cannot be read", Assert.Throws<TorchFileException>(() => file.Read(file.Tensors)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
    }

    [Theory]
    [InlineData("moco-protocol2.pth")]
    [InlineData("views.pth")]
    [InlineData("views-before-1.6.pth")]
    public void A_damaged_file_is_read_or_refused_but_never_crashes(string name)
    {
        var valid = File.ReadAllBytes(TorchFiles.Made(name));
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[1, 4].Sample(
            damage =>
            {
                var bytes = (byte[])valid.Clone();
                foreach (var (at, value) in damage) bytes[at] = value;
                Check(path => File.WriteAllBytes(path, bytes));
            },
            iter: 600);
    }

    [Theory]
    [InlineData("moco-protocol2.pth")]
    [InlineData("views.pth")]
    public void A_damaged_pickle_in_a_sound_archive_is_read_or_refused_but_never_crashes(string name)
    {
        var entries = TorchFiles.Entries(TorchFiles.Made(name));
        var valid = entries["data.pkl"];
        byte[] opcodes = [.. "(.01GJKMNQRTUXBCabcehjqrstu)]}"u8, .. Enumerable.Range(0x80, 0x19).Select(i => (byte)i)];
        var opcode = Gen.Int[0, opcodes.Length - 1].Select(i => opcodes[i]);
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.OneOf<byte>(Gen.Byte, opcode), Gen.Int[0, 2]).Array[1, 4].Sample(
            damage =>
            {
                var pickle = valid.ToList();
                foreach (var (at, value, kind) in damage)
                {
                    if (kind == 0) pickle.Insert(Math.Min(at, pickle.Count), value);
                    else if (kind == 1 && pickle.Count > at) pickle.RemoveAt(at);
                    else pickle[Math.Min(at, pickle.Count - 1)] = value;
                }

                Check(path =>
                    TorchFiles.Write(path, entries.Select(e => e.Key == "data.pkl" ? KeyValuePair.Create(e.Key, pickle.ToArray()) : e)));
            },
            iter: 600);
    }

    /// <summary>Checks the law: every tensor is read, or the typed error says why not, in bounded time and memory.</summary>
    private void Check(Action<string> write)
    {
        var path = _folder.File($"{Guid.NewGuid():N}.pth");
        write(path);
        var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            using var file = TorchFile.Open(path);
            foreach (var tensor in file.Tensors.Where(t => t.Bytes < 1e6))
            {
                Assert.Equal(tensor.Shape.Aggregate(1L, (a, b) => a * b), file.Read([tensor])[0].Values.Length);
            }
        }
        catch (TorchFileException e)
        {
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.InRange(e.Message.Length, 1, 1000);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100 << 20);
    }

    private void Refused(byte[] pickle, string expected)
    {
        var path = TorchFiles.WithPickle(_folder.File("hostile.pth"), pickle);
        Assert.Contains(expected, Assert.Throws<TorchFileException>(() => TorchFile.Open(path)).Message, StringComparison.Ordinal);
    }
}
