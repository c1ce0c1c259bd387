using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights.Import;

/// <summary>Makes files that pretend to be weights, each by its name.</summary>
internal static class PoisonedFiles
{
    private const string One = """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""";

    private static readonly Dictionary<string, Action<string>> Makers = new(StringComparer.Ordinal);

    static PoisonedFiles()
    {
        SafeTensors();
        SpecialNames();
        Archives();
        Pickles();
        Streams();
    }

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes one of them at a path, whose folder is empty.</summary>
    public static void Make(string name, string path) => Makers[name](path);

    private static void Add(string name, Action<string> make) => Makers.Add(name, make);

    private static void Header(string name, string header, int data = 0, ulong? length = null) =>
        Add("safetensors: " + name, path => File.WriteAllBytes(path, SafeTensorsFiles.Raw(header, data, length)));

    private static string Tensor(string name, string type, string shape, string offsets) =>
        $$$"""{"{{{name}}}":{"dtype":"{{{type}}}","shape":[{{{shape}}}],"data_offsets":[{{{offsets}}}]}}""";

    private static void SafeTensors()
    {
        Header("a header of 2^63 bytes", One, 2, 1UL << 63);
        Header("a header of 2^64-1 bytes", One, 2, ulong.MaxValue);
        Header("a header of 4 GiB", One, 2, 1UL << 32);
        Header("a header longer than the file", One, 2, 1000);
        Header("no header", One, 2, 0);
        Header("a list for a header", "[]");
        Header("text after its header", "{}{}");
        Header("ten thousand lists inside each other", "{\"a\":" + new string('[', 10_000));
        Header("a tensor twice", One[..^1] + "," + One[1..], 2);
        Header("a tensor twice, once escaped", One[..^1] + "," + One[1..].Replace("\"a\"", "\"\\u0061\"", StringComparison.Ordinal), 2);
        Header("metadata twice", """{"__metadata__":{},"__metadata__":{}}""");
        Header("metadata that is no text", """{"__metadata__":{"heads":{"a":1}}}""");
        Header("two types", """{"a":{"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,1]}}""", 1);
        Header("an unknown key", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"code":"import os"}}""", 1);
        Header("an unknown type", Tensor("a", "OBJECT", "1", "0,1"), 1);
        Header("a type by number", """{"a":{"dtype":3,"shape":[1],"data_offsets":[0,1]}}""", 1);
        Header("tensors that overlap", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3);
        Header("tensors of the same bytes", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2);
        Header("a hole", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3);
        Header("a hole at its beginning", Tensor("a", "U8", "1", "1,2"), 2);
        Header("bytes at its end", One, 20_000);
        Header("no bytes", One);
        Header("a shape that overflows", Tensor("a", "F32", "4611686018427387904,4", "0,0"));
        Header("a shape that overflows to the right size", Tensor("a", "F64", "2305843009213693953,1", "0,8"), 8);
        Header("a shape of 2^63-1 twice", Tensor("a", "U8", "9223372036854775807,9223372036854775807", "0,1"), 1);
        Header("a shape of 2^63", Tensor("a", "U8", "9223372036854775808", "0,1"), 1);
        Header("a shape of 2^64 times nothing", Tensor("a", "U8", "18446744073709551616,0", "0,0"));
        Header("a negative shape", Tensor("a", "U8", "-1,-1", "0,1"), 1);
        Header("a broken number for a shape", Tensor("a", "U8", "1.0", "0,1"), 1);
        Header("a shape of a thousand dimensions", Tensor("a", "U8", string.Join(',', Enumerable.Repeat("1", 1000)), "0,1"), 1);
        Header("offsets of 2^63-1", Tensor("a", "U8", "9223372036854775807", "0,9223372036854775807"), 1);
        Header("offsets the wrong way round", Tensor("a", "U8", "1", "1,0"), 1);
        Header("offsets before its beginning", Tensor("a", "U8", "1", "-1,0"), 1);
        Header("a name of a million characters", $$"""{"{{new string('x', 1_000_000)}}":1}""");
        Header("a name that leads upwards", Tensor("../../touched", "U8", "2", "0,2"), 2);
        Header("a name with escape codes", Tensor("\\u001b[2J\\u0000", "U8", "9", "0,2"), 2);
        Header("half a character for a name", Tensor("\\ud800", "U8", "2", "0,2"), 2);
        Header("a header padded with tabs and text", One + "\t\t#", 2);
        Header("a byte-order mark", "\uFEFF" + One, 2);
        Header(
            "a hundred thousand tensors and one",
            "{" + string.Join(',', Enumerable.Range(0, 100_001).Select(i => Tensor($"{i}", "U8", "0", "0,0")[1..^1])) + "}");
        Add("safetensors: seven bytes", path => File.WriteAllBytes(path, new byte[7]));
        Add("safetensors: bytes that are no UTF-8", path =>
        {
            var bytes = SafeTensorsFiles.Raw(One, 2);
            (bytes[10], bytes[11]) = (0xC3, 0x28);
            File.WriteAllBytes(path, bytes);
        });
    }

    private static void SpecialNames()
    {
        Add("file: empty", path => File.WriteAllBytes(path, []));
        Add("file: a folder", path => System.IO.Directory.CreateDirectory(path));
        Add("file: a pipe to which nobody writes", SpecialFiles.Pipe);
        Add("link: to itself", path => File.CreateSymbolicLink(path, path));
        Add("link: to nothing", path => File.CreateSymbolicLink(path, path + ".gone"));
        Add("link: to a device without end", path => File.CreateSymbolicLink(path, "/dev/zero"));
        Add("link: to random bytes without end", path => File.CreateSymbolicLink(path, "/dev/urandom"));
        Add("link: to this process's memory", path => File.CreateSymbolicLink(path, "/proc/self/mem"));
        Add("link: to a folder", path => File.CreateSymbolicLink(path, "/proc"));
        Add("link: to the users of the machine", path => File.CreateSymbolicLink(path, "/etc/passwd"));
    }

    private static void Archives()
    {
        Zip("nothing inside", []);
        Zip("a pickle that unfolds to 65 MiB", [("archive/data.pkl", new byte[65 << 20])], CompressionLevel.Fastest);
        Zip("an archive for a pickle", [("archive/data.pkl", Packed([("archive/data.pkl", "N."u8.ToArray())]))]);
        Zip("an archive inside it and no pickle", [("archive/inner.zip", Packed([("archive/data.pkl", "N."u8.ToArray())]))]);
        Zip("the same entry twice", [("archive/data.pkl", Empty), ("archive/data.pkl", Empty)]);
        Zip("two pickles", [("a/data.pkl", Empty), ("b/data.pkl", Empty)]);
        Zip("names that lead upwards", [("../../touched/data.pkl", Empty), ("../../touched/data/0", new byte[8])]);
        Zip("names from the root", [("/tmp/touched/data.pkl", Empty), ("/tmp/touched/data/0", new byte[8])]);
        Zip("names with backslashes", [("..\\..\\data.pkl", Empty)]);
        Zip("a program", [("archive/data.pkl", Empty), ("archive/constants.pkl", Empty), ("archive/code/a.py", "import os"u8.ToArray())]);
        Zip("a byte order of many bytes", [("archive/data.pkl", Empty), ("archive/byteorder", new byte[1 << 20])], CompressionLevel.Optimal);
        Zip("an unknown byte order", [("archive/data.pkl", Empty), ("archive/byteorder", "middle"u8.ToArray())]);
        Add("zip: a symbolic link for a pickle", path =>
        {
            using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
            var entry = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression);
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var stream = entry.Open();
            stream.Write("/etc/passwd"u8);
        });
        Changed("an encrypted entry", bytes => Directory(bytes)[8] |= 1);
        Changed("an unknown compression", bytes => Directory(bytes)[10] = 99);
        Changed("a wrong checksum", bytes => Directory(bytes)[16] ^= 0x55);
        Changed("an entry longer than it says", bytes => Directory(bytes)[24] -= 1);
        Changed("an entry of 4 GiB", bytes => Directory(bytes).Slice(20, 8).Fill(0xFE));
        Changed("an entry that begins beyond the end", bytes => Directory(bytes).Slice(42, 4).Fill(0x7F));
        Changed("a directory beyond the end", bytes => End(bytes).Slice(16, 4).Fill(0x7F));
        Changed("more entries than there are", bytes => End(bytes).Slice(8, 4).Fill(0x7F));
        Changed("a directory that is not there", bytes => Directory(bytes)[0] = 0);
        Add("zip: cut off", path => File.WriteAllBytes(path, Packed([("archive/data.pkl", Empty)])[..60]));
        Add("zip: its end alone", path => File.WriteAllBytes(path, [.. "PK"u8, 5, 6, .. new byte[18]]));
        Add("zip: a program before it", path => File.WriteAllBytes(path, [.. "MZ"u8, .. Packed([("archive/data.pkl", Empty)])]));
        Add("zip: a directory of a million entries", path =>
        {
            using var file = File.Create(path);
            file.Write([.. "PK"u8, 3, 4, .. new byte[26]]);
            var entry = new byte[46 + 8];
            (entry[0], entry[1], entry[2], entry[3], entry[28]) = ((byte)'P', (byte)'K', 1, 2, 8);
            for (var i = 0; i < 1_000_000; i++)
            {
                Encoding.ASCII.GetBytes($"{i:D8}").CopyTo(entry, 46);
                file.Write(entry);
            }

            var end = new byte[22];
            (end[0], end[1], end[2], end[3]) = ((byte)'P', (byte)'K', 5, 6);
            BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), unchecked((ushort)1_000_000));
            BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), unchecked((ushort)1_000_000));
            BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), 1_000_000 * entry.Length);
            BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(16), 30);
            file.Write(end);
        });
        Add("file: a compressed archive of nothing but zeros", path =>
        {
            using var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            packed.Write(new byte[32 << 20]);
        });
        Add("file: a tar archive", path =>
        {
            var tar = new byte[1024];
            Encoding.ASCII.GetBytes("../../touched").CopyTo(tar, 0);
            "ustar"u8.CopyTo(tar.AsSpan(257));
            File.WriteAllBytes(path, tar);
        });
    }

    private static void Pickles()
    {
        foreach (var attack in HostilePickleTests.Attacks.Select(row => row.Data.Item1))
            Add("pickle: " + attack, path => TorchFiles.WithPickle(path, HostilePickles.Of(attack, Touched(path))));
        foreach (var (module, name) in ((string, string)[])[
            ("builtins", "getattr"), ("builtins", "exec"), ("__builtin__", "__import__"), ("subprocess", "Popen"), ("runpy", "_run_code"),
            ("pip", "main"), ("webbrowser", "open"), ("functools", "partial"), ("operator", "attrgetter"), ("torch", "load"),
            ("torch.hub", "load"), ("torch.jit", "load"), ("numpy.core.multiarray", "_reconstruct"), ("_codecs", "encode"),
            ("torch._utils", "_rebuild_qtensor"), ("torch._utils", "_rebuild_sparse_tensor"), ("torch.serialization", "_load"),
            ("asyncio.unix_events", "_UnixSubprocessTransport._start"), ("cloudpickle.cloudpickle", "_builtin_type")])
        {
            Add($"pickle: {module}.{name}", path => TorchFiles.WithPickle(
                path, new Pickle().Global(module, name).Text($"touch {Touched(path)}").Op(0x85).Op('R').Done()));
        }

        Pickled("a call for a key", p => p.Op('}').Global("os", "system").Text("id").Op(0x85).Op('R').Op('N').Op('s'));
        Pickled("a call after its weights", p => p.Op('}').Global("nt", "system").Text("id").Op(0x85).Op('R').Op('b'));
        Pickled("a state with __reduce__", p => p.Op('}').Op('}').Text("__reduce__").Global("os", "popen").Op('s').Op('b'));
        Pickled("a place of 2^32-1 in the memo", p => p.Op('N').Op((byte)'r', 0xFF, 0xFF, 0xFF, 0xFF).Op('0').Op((byte)'j', 0xFE, 0xFF, 0xFF, 0xFF));
        Pickled("half a million places in the memo", p =>
        {
            p.Op('}');
            for (var i = 0; i < 500_000; i++) p.Op(0x94);
            return p;
        });
        Pickled("a list that holds itself", p => p.Op(']').Op((byte)'q', 0).Op((byte)'h', 0).Op('a'));
        Pickled("a number of a megabyte", p => p.Op((byte)0x8b, 0, 0, 16, 0).Op(new byte[1 << 20]));
        Pickled("a number of 4 GB", p => p.Op((byte)0x8b, 0xFF, 0xFF, 0xFF, 0xFF));
        Pickled("a storage with a name that leads upwards", p => p.Op('}').Text("t").Tensor("../../../etc/passwd", 2, 0, [2], [1]).Op('s'));
        Pickled("a storage with a name of 300 characters", p => p.Storage(new string('0', 300), 2));
        Pickled("strides that overflow", p => p.Tensor("0", 2, 0, [int.MaxValue, int.MaxValue, 4], [int.MaxValue, int.MaxValue, int.MaxValue]));
        Pickled("a tensor of 17 dimensions", p => p.Tensor("0", 2, 0, [.. Enumerable.Repeat(1, 17)], [.. Enumerable.Repeat(1, 17)]));
        Pickled("one number as a tensor of 8 GB", p => p.Op('}').Text("conv1.weight").Tensor("0", 2, 0, [int.MaxValue], [0]).Op('s'));
        Pickled("ten thousand dictionaries inside each other", p =>
        {
            p.Op('}');
            for (var i = 0; i < 10_000; i++) p.Op((byte)'U', 1, (byte)'a').Op('}');
            for (var i = 0; i < 10_000; i++) p.Op('s');
            return p;
        });
        // Eleven keys of 500 characters on the way to a list that names the same dictionary 900,000 times.
        Pickled("names of nine gigabytes altogether", p =>
        {
            p.Op('}').Op((byte)'q', 0).Op('0');
            for (var i = 0; i < 10; i++) p.Op('}').Text(new string('k', 500));
            p.Op(']').Op('(');
            for (var i = 0; i < 900_000; i++) p.Op((byte)'h', 0);
            p.Op('e');
            for (var i = 0; i < 10; i++) p.Op('s');
            return p;
        });
        Pickled("a tensor 900,000 times", p =>
        {
            p.Tensor("0", 2, 0, [2], [1]).Op((byte)'q', 0).Op('0').Op(']').Op('(');
            for (var i = 0; i < 900_000; i++) p.Op((byte)'h', 0);
            return p.Op('e');
        });
        Add("pickle: by itself, with a call", path => File.WriteAllBytes(
            path, new Pickle().Global("os", "system").Text($"touch {Touched(path)}").Op(0x85).Op('R').Done()));
        Add("pickle: of protocol 0, with a call", path => File.WriteAllText(path, $"cos\nsystem\n(S'touch {Touched(path)}'\ntR."));
    }

    private static void Streams()
    {
        byte[] magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
        byte[] version = [0x80, 2, (byte)'M', 0xE9, 3, (byte)'.'];
        var system = new Pickle().Op('}').Text("little_endian").Op(0x88).Op('s').Done();
        byte[] Stream(Pickle weights, Pickle keys, params byte[] rest) =>
            [.. magic, .. version, .. system, .. weights.Done(), .. keys.Done(), .. rest];
        Pickle One() => new Pickle().Op('}').Text("t").Tensor("0", 2, 0, [2], [1]).Op('s');
        Pickle Keys() => new Pickle().Op(']').Text("0").Op('a');
        void Bytes(string name, byte[] bytes) => Add("stream: " + name, path => File.WriteAllBytes(path, bytes));
        Bytes("its magic number alone", magic);
        Bytes("another version", [.. magic, 0x80, 2, (byte)'K', 9, (byte)'.']);
        Bytes("a machine of the other byte order", [.. magic, .. version, .. new Pickle().Op('}').Done()]);
        Bytes("no keys", [.. magic, .. version, .. system, .. One().Done()]);
        Bytes("keys that are no list", Stream(One(), new Pickle().Op('N')));
        Bytes("a key without a tensor", Stream(One(), new Pickle().Op(']').Text("7").Op('a')));
        Bytes("no storages", Stream(One(), Keys()));
        Bytes("a storage of 2^62 numbers", Stream(One(), Keys(), 0, 0, 0, 0, 0, 0, 0, 0x40));
        Bytes("a call", Stream(new Pickle().Global("os", "system").Text("id").Op(0x85).Op('R'), Keys()));
    }

    private static byte[] Empty => new Pickle().Op('}').Done();

    private static string Touched(string path) => Path.Combine(Path.GetDirectoryName(path)!, "touched");

    private static void Pickled(string name, Func<Pickle, Pickle> write) =>
        Add("pickle: " + name, path => TorchFiles.WithPickle(path, write(new Pickle()).Done()));

    private static void Zip(string name, (string Name, byte[] Bytes)[] entries, CompressionLevel level = CompressionLevel.NoCompression) =>
        Add("zip: " + name, path => File.WriteAllBytes(path, Packed(entries, level)));

    private delegate void Change(Span<byte> bytes);

    private static void Changed(string name, Change change) => Add("zip: " + name, path =>
    {
        var bytes = Packed([("archive/data.pkl", Empty), ("archive/data/0", new byte[8])]);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    });

    // The directory's first entry, which is the pickle's.
    private static Span<byte> Directory(Span<byte> bytes) => bytes[bytes.IndexOf("PK\u0001\u0002"u8)..];

    private static Span<byte> End(Span<byte> bytes) => bytes[bytes.IndexOf("PK\u0005\u0006"u8)..];

    private static byte[] Packed((string Name, byte[] Bytes)[] entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(bytes);
            }
        }

        return memory.ToArray();
    }
}
