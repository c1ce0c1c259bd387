using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using CACL.Learning.Verification;

namespace CACL.Testing;

/// <summary>
/// Unpacks the golden files of tests/reference/golden once into <c>golden</c> beside the test's assembly. Each is byte for byte the file
/// that the reference wrote: its SHA-256 is compared. A file whose case the program does not know yet waits in <c>golden/waiting</c>.
/// </summary>
internal static class GoldenFiles
{
    private static readonly string Packed = System.IO.Path.Combine(Workspace.Root, "tests", "reference", "golden");

    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>Names of all files without their extension, such as losses_1.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Sums().Select(sum => System.IO.Path.GetFileNameWithoutExtension(sum.File))];

    /// <summary>Names of the files that the program can verify.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Where(name => GoldenVerifier.Knows(CaseOf(name)))];

    /// <summary>Folder of the unpacked files that the program can verify.</summary>
    public static string Folder => Unpacked.Value;

    /// <summary>Returns the path of an unpacked file.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Folder, Place($"{name}.safetensors"));

    /// <summary>Returns the case that a file is, by its packed header.</summary>
    public static string CaseOf(string name)
    {
        using var packed = OpenPacked($"{name}.safetensors");
        var length = new byte[8];
        packed.ReadExactly(length);
        var text = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        packed.ReadExactly(text);
        using var header = JsonDocument.Parse(text);
        return header.RootElement.GetProperty("__metadata__").GetProperty("case").GetString()!;
    }

    private static IEnumerable<(string Sum, string File)> Sums() =>
        File.ReadLines(System.IO.Path.Combine(Packed, "SHA256SUMS")).Select(line => line.Split("  ")).Select(parts => (parts[0], parts[1]));

    private static string Place(string file) =>
        Names.Contains(System.IO.Path.GetFileNameWithoutExtension(file)) ? file : System.IO.Path.Combine("waiting", file);

    private static string Unpack()
    {
        var folder = System.IO.Path.Combine(AppContext.BaseDirectory, "golden");
        Directory.CreateDirectory(System.IO.Path.Combine(folder, "waiting"));
        foreach (var (sum, file) in Sums())
        {
            var path = System.IO.Path.Combine(folder, Place(file));
            if (File.Exists(path) && SumOf(File.ReadAllBytes(path)) == sum) continue;
            var bytes = Gunzip(file);
            GoldenImages.Compute(bytes);
            if (SumOf(bytes) != sum) throw new InvalidDataException($"{file} is not what SHA256SUMS says after unpacking.");
            var unfinished = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(unfinished, bytes);
            File.Move(unfinished, path, overwrite: true);
        }

        return folder;
    }

    private static string SumOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static GZipStream OpenPacked(string file) =>
        new(File.OpenRead(System.IO.Path.Combine(Packed, file + ".gz")), CompressionMode.Decompress);

    private static byte[] Gunzip(string file)
    {
        using var packed = OpenPacked(file);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
