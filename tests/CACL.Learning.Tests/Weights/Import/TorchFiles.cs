using System.Buffers.Binary;
using System.IO.Compression;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights.Import;

/// <summary>Provides files that PyTorch wrote (Files/make.py), and archives made of their parts.</summary>
internal static class TorchFiles
{
    /// <summary>Returns the path of one of the committed files.</summary>
    public static string Made(string name) =>
        Path.Combine(Workspace.Root, "tests", "CACL.Learning.Tests", "Weights", "Import", "Files", name);

    /// <summary>Returns the entries of an archive by name, without its folder.</summary>
    public static Dictionary<string, byte[]> Entries(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return archive.Entries.ToDictionary(e => e.FullName[(e.FullName.IndexOf('/') + 1)..], e =>
        {
            using var stream = e.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        });
    }

    /// <summary>Writes an archive of these entries.</summary>
    public static string Write(
        string path, IEnumerable<KeyValuePair<string, byte[]>> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        File.Delete(path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
        {
            using var stream = archive.CreateEntry($"archive/{name}", level).Open();
            stream.Write(bytes);
        }

        return path;
    }

    /// <summary>Writes an archive with this pickle and four storages of two floats, 0 to 3.</summary>
    public static string WithPickle(string path, IEnumerable<byte> pickle)
    {
        var floats = new byte[8];
        BinaryPrimitives.WriteSingleLittleEndian(floats, 1.5f);
        var storages = Enumerable.Range(0, 4).Select(i => KeyValuePair.Create($"data/{i}", floats));
        return Write(path, [KeyValuePair.Create("data.pkl", pickle.ToArray()), .. storages]);
    }
}
