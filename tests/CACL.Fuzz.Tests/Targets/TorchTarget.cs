using System.IO.Compression;
using CACL.Learning.Weights;
using CACL.Learning.Weights.Import;
using CACL.Testing;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Reads what torch.save writes, whole files: zip archives and streams of pickles.</summary>
internal class TorchTarget() : FileTarget(".pth")
{
    protected static readonly string Made = Path.Combine(Workspace.Root, "tests/CACL.Learning.Tests/Weights/Import/Files");

    public override IEnumerable<byte[]> Seeds => Directory.EnumerateFiles(Made, "*.pth").Order().Select(File.ReadAllBytes);

    public override IReadOnlyList<string> Words =>
    [
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "ctorch\nSize\n", "ccollections\nOrderedDict\n", "cos\nsystem\n",
        "cbuiltins\neval\n", "X\u0007\0\0\0storage", "X\u0003\0\0\0cpu", "Q", "R", "b", ")R", "}(", "](", "(t", "e", "u", "s", "a", "0", "1", "2",
        "q\0", "h\0", "r\0\0\0\0", "j\0\0\0\0", "K\u0002", "J\u00ff\u00ff\u00ff\u007f", "\u0089", "\u0088", "\u0093", "\u0094", "\u0095", ".",
    ];

    protected override bool Read(string path)
    {
        try
        {
            using var file = TorchFile.Open(path);
            foreach (var tensor in file.Tensors.Where(t => t.Bytes < 1e5 && FloatTensors.Number(t.Type) is not null).Take(100))
                Assert.Equal(tensor.Shape.Aggregate(1L, (a, b) => a * b), file.Read([tensor])[0].Values.Length);
            return true;
        }
        catch (TorchFileException e)
        {
            Assert.InRange(e.Message.Length, 1, 2000);
            return false;
        }
    }
}

/// <summary>Reads pickles: an input is the pickle of an archive that is sound otherwise.</summary>
internal sealed class PickleTarget : TorchTarget
{
    // The storages of one of the files; the pickles of the others find theirs too short, which is refused only when a tensor is read.
    private static readonly List<(string Name, byte[] Bytes)> Storages = [.. Parts(File.ReadAllBytes(Path.Combine(Made, "views.pth")))
        .Where(part => part.Name.StartsWith("data/", StringComparison.Ordinal))];

    public override IEnumerable<byte[]> Seeds => base.Seeds.Where(IsZip).Select(file => Parts(file).Single(p => p.Name == "data.pkl").Bytes);

    public override byte[] Mend(byte[] input)
    {
        if (input.Length < 3) return input;
        (input[0], input[1], input[^1]) = (0x80, 2, (byte)'.');
        return input;
    }

    protected override bool Read(string path)
    {
        var pickle = File.ReadAllBytes(path);
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            Add(archive, "data.pkl", pickle);
            foreach (var (name, bytes) in Storages) Add(archive, name, bytes);
        }

        return base.Read(path);
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        using var stream = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }

    private static bool IsZip(byte[] file) => file.AsSpan().StartsWith("PK"u8);

    private static List<(string Name, byte[] Bytes)> Parts(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        return [.. archive.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return (entry.FullName[(entry.FullName.IndexOf('/', StringComparison.Ordinal) + 1)..], memory.ToArray());
        })];
    }
}
