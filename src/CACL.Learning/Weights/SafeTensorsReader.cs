using System.Buffers.Binary;
using CACL.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace CACL.Learning.Weights;

/// <summary>
/// An open safetensors file: 8 bytes of header length (little-endian), the JSON header, the tensors' bytes. Opening it validates the whole
/// header; bytes are read when requested. Thread-safe.
/// </summary>
/// <remarks>Reads at positions rather than through a memory map: if somebody truncates a mapped file, SIGBUS kills the process.</remarks>
public sealed class SafeTensorsReader : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafeTensorsEntry> _byName;

    private SafeTensorsReader(string path, SafeFileHandle handle, SafeTensorsHeader header, long dataStart)
    {
        Path = path;
        _handle = handle;
        _dataStart = dataStart;
        Entries = header.Entries;
        Metadata = header.Metadata;
        _byName = Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries { get; }

    /// <summary>The file's metadata, text → text; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and validates its header against the format's rules.</summary>
    /// <exception cref="SafeTensorsException">The file cannot be read or breaks a rule.</exception>
    public static SafeTensorsReader Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = RegularFile.OpenHandle(path);
            var (header, dataStart) = ReadHeader(path, handle);
            var reader = new SafeTensorsReader(path, handle, header, dataStart);
            handle = null;
            return reader;
        }
        catch (NotARegularFileException e)
        {
            throw new SafeTensorsException(path, "file", $"is {NotARegularFileException.Words(e.Kind)}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SafeTensorsException(path, "file", "there is no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SafeTensorsException(path, "file", $"cannot be opened ({e.Message.TrimEnd('.')})", e);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Returns the entry with that name, or null.</summary>
    public SafeTensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The entry with that name.</summary>
    /// <exception cref="SafeTensorsException">There is none.</exception>
    public SafeTensorsEntry this[string name] => Find(name) ?? throw new SafeTensorsException(Path, $"tensor '{name}'", "is missing");

    /// <summary>Reads bytes of a tensor.</summary>
    /// <param name="entry">One of this file's entries.</param>
    /// <param name="from">First byte within the tensor.</param>
    /// <param name="destination">Filled completely; must not reach beyond the tensor.</param>
    /// <exception cref="SafeTensorsException">The file is shorter than it was when opened, or cannot be read.</exception>
    public void Read(SafeTensorsEntry entry, long from, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, entry.ByteCount - from);
        try
        {
            ReadExactly(Path, _handle, destination, _dataStart + entry.Offset + from);
        }
        catch (IOException e)
        {
            throw new SafeTensorsException(Path, $"tensor '{entry.Name}'", $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Returns all bytes of a tensor of at most 2 GiB.</summary>
    /// <exception cref="SafeTensorsException">The tensor is larger, or cannot be read.</exception>
    public byte[] ReadBytes(SafeTensorsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.ByteCount > Array.MaxLength)
            throw new SafeTensorsException(Path, $"tensor '{entry.Name}'", $"{entry.ByteCount} bytes do not fit one array");
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.ByteCount);
        Read(entry, 0, bytes);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private static (SafeTensorsHeader Header, long DataStart) ReadHeader(string path, SafeFileHandle handle)
    {
        var fileLength = RandomAccess.GetLength(handle);
        if (fileLength < 8)
            throw new SafeTensorsException(path, "header length", $"the file has {fileLength} bytes, its header length alone takes 8");
        Span<byte> prefix = stackalloc byte[8];
        ReadExactly(path, handle, prefix, 0);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafeTensorsHeader.LengthLimit)
            throw new SafeTensorsException(path, "header length",
                $"says {length} bytes; the format allows {SafeTensorsHeader.LengthLimit}");
        if ((long)length > fileLength - 8)
            throw new SafeTensorsException(path, "header length", $"says {length} bytes; the file has {fileLength - 8} after it");
        var text = GC.AllocateUninitializedArray<byte>((int)length);
        ReadExactly(path, handle, text, 8);
        var dataStart = 8 + (long)length;
        return (SafeTensorsHeader.Parse(path, text, fileLength - dataStart), dataStart);
    }

    private static void ReadExactly(string path, SafeFileHandle handle, Span<byte> destination, long at)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(handle, destination, at);
            if (read == 0) throw new SafeTensorsException(path, "data", $"the file ends at byte {at}");
            destination = destination[read..];
            at += read;
        }
    }
}
