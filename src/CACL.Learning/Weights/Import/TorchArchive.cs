using System.IO.Compression;
using System.Text;
using CACL.Data.Files;

namespace CACL.Learning.Weights.Import;

/// <summary>
/// The zip archive that torch.save has written since PyTorch 1.6: NAME/data.pkl, a storage in each NAME/data/KEY, and since 2.1
/// NAME/byteorder. .NET's zip reader knows zip64, deflated entries and data descriptors.
/// </summary>
internal sealed class TorchArchive : ITorchContainer
{
    private const string PickleName = "data.pkl";

    private readonly string _file;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;
    private long _unpacked;

    private TorchArchive(string file, ZipArchive archive)
    {
        _file = file;
        _archive = archive;
        foreach (var entry in archive.Entries)
        {
            if (!_entries.TryAdd(entry.FullName, entry)) throw Fault("zip archive", $"has the entry {SafeText.Of(entry.FullName)} twice");
        }

        _folder = Folder();
        IsBigEndian = ByteOrder();
        var pickle = Small(_folder + PickleName, PickleLimits.Bytes);
        var cursor = new PickleCursor(file, PickleName, pickle);
        Root = PickleMachine.Load(cursor);
        if (cursor.Left > 0) throw cursor.Fault(cursor.At, $"goes on for {cursor.Left} bytes after its end");
    }

    public string Format => "PyTorch zip";

    public bool IsBigEndian { get; }

    public object? Root { get; }

    /// <summary>Opens an archive and loads its pickle.</summary>
    /// <exception cref="TorchFileException">The file is not an archive of weights, or is damaged.</exception>
    public static TorchArchive Open(string file)
    {
        Stream? stream = null;
        ZipArchive? archive = null;
        try
        {
            var limited = new LimitedStream(RegularFile.OpenRead(file));
            stream = limited;
            limited.Limit(PickleLimits.Directory, "its directory is larger than any file of weights has");
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            // This reads the directory, and everything in it becomes an object.
            _ = archive.Entries;
            limited.Unlimit();
            return new TorchArchive(file, archive);
        }
        catch (Exception e)
        {
            archive?.Dispose();
            stream?.Dispose();
            // For a damaged directory of a zip archive, .NET's reader throws any of these.
            if (e is InvalidDataException or IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException
                or OverflowException)
                throw new TorchFileException(file, "zip archive", $"cannot be read ({e.Message.TrimEnd('.')}); is the file whole?", e);
            throw;
        }
    }

    public byte[] Read(TorchStorage storage, long first, long end)
    {
        var where = $"storage {SafeText.Of(storage.Key)}";
        if (!_entries.TryGetValue($"{_folder}data/{storage.Key}", out var entry)) throw Fault(where, "is missing in the archive");
        var size = storage.Type.ElementSize();
        if (entry.Length != storage.Count * size)
            throw Fault(where, $"has {entry.Length} bytes, its {storage.Count} elements of {storage.Type} take {storage.Count * size}");
        if ((end - first) * size > Array.MaxLength) throw Fault(where, $"{(end - first) * size} bytes are too many to read at once");
        return Unpacked(entry, first * size, (int)((end - first) * size));
    }

    public void Dispose() => _archive.Dispose();

    private string Folder()
    {
        var pickles = _entries.Keys.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal) || name == PickleName)
            .ToArray();
        if (pickles is not [var pickle])
        {
            throw Fault("zip archive", pickles.Length == 0
                ? $"holds no {PickleName}: it is not what torch.save writes"
                : $"holds {PickleName} {pickles.Length} times");
        }

        var folder = pickle[..^PickleName.Length];
        if (_entries.ContainsKey(folder + "constants.pkl"))
            throw Fault("zip archive", "is a TorchScript program, not a state dict. Save its weights in Python: "
                + "torch.save(torch.jit.load(file).state_dict(), 'weights.pth')");
        return folder;
    }

    private bool ByteOrder()
    {
        if (!_entries.ContainsKey(_folder + "byteorder")) return false;
        return Encoding.ASCII.GetString(Small(_folder + "byteorder", 64)) switch
        {
            "little" => false,
            "big" => true,
            var other => throw Fault("entry byteorder", $"says '{SafeText.Of(other)}'; little and big are known"),
        };
    }

    private byte[] Small(string name, int limit)
    {
        var entry = _entries[name];
        if (entry.Length > limit) throw Fault($"entry {SafeText.Of(name)}", $"has {entry.Length} bytes; at most {limit} are allowed");
        return Unpacked(entry, 0, (int)entry.Length);
    }

    // A megabyte can unpack to a gigabyte, and many entries can be the same megabyte.
    private byte[] Unpacked(ZipArchiveEntry entry, long from, int count)
    {
        if (entry.Length > entry.CompressedLength) _unpacked += entry.Length;
        if (_unpacked > PickleLimits.Unpacked)
            throw Fault($"entry {SafeText.Of(entry.FullName)}", $"more than {PickleLimits.Unpacked} bytes would have to be unpacked");
        return ZipEntryReader.Read(_file, entry, from, count);
    }

    private TorchFileException Fault(string where, string what) => new(_file, where, what);
}
