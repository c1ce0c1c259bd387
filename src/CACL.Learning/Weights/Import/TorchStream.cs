using System.Buffers.Binary;
using System.Numerics;
using CACL.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace CACL.Learning.Weights.Import;

/// <summary>
/// The stream that torch.save wrote before PyTorch 1.6 (July 2020; MoCo-v2 was published in March): five pickles (a magic number, a
/// version, the system's properties, the object that was saved, the storages' keys), then each storage's count and bytes, little-endian.
/// </summary>
internal sealed class TorchStream : ITorchContainer
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse(
        "119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private readonly string _file;
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, long> _storages = new(StringComparer.Ordinal);
    private readonly PickleList _keys;
    private readonly long _at;

    private TorchStream(string file, SafeFileHandle handle)
    {
        _file = file;
        _handle = handle;
        var head = new byte[(int)Math.Min(PickleLimits.Bytes, RandomAccess.GetLength(handle))];
        ReadExactly("pickles", head, 0);
        var cursor = new PickleCursor(file, "pickles", head);
        if (PickleMachine.Load(cursor) is not BigInteger magic || magic != Magic)
            throw Fault("begin", $"is a pickle, but not one that torch.save wrote. {TorchGlobals.Remedy}");
        if (PickleMachine.Load(cursor) is not Version) throw Fault("begin", "is of an unknown version of PyTorch's old format");
        if (PickleMachine.Load(cursor) is not PickleDict system || system["little_endian"] is not true)
            throw Fault("begin", "was not written on a little-endian machine");
        Root = PickleMachine.Load(cursor);
        _keys = PickleMachine.Load(cursor) as PickleList ?? throw Fault("pickles", "do not end with the storages' keys");
        _at = cursor.At;
    }

    public string Format => "PyTorch before 1.6";

    public bool IsBigEndian => false;

    public object? Root { get; }

    /// <summary>Opens a stream and loads its pickles.</summary>
    /// <exception cref="TorchFileException">The stream contains more than weights, or is damaged.</exception>
    public static TorchStream Open(string file)
    {
        var handle = RegularFile.OpenHandle(file);
        try
        {
            return new TorchStream(file, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public byte[] Read(TorchStorage storage, long first, long end)
    {
        var where = $"storage {SafeText.Of(storage.Key)}";
        var size = storage.Type.ElementSize();
        if (_storages.Count == 0) Locate(TensorTree.Storages(Root));
        if (!_storages.TryGetValue(storage.Key, out var at)) throw Fault(where, "is missing in the file");
        if ((end - first) * size > Array.MaxLength) throw Fault(where, $"{(end - first) * size} bytes are too many to read at once");
        var bytes = GC.AllocateUninitializedArray<byte>((int)((end - first) * size));
        ReadExactly(where, bytes, at + (first * size));
        return bytes;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Finds where each storage begins. Only its type says how many bytes an element takes, and only the tensors know types.
    /// </summary>
    private void Locate(IReadOnlyDictionary<string, TorchStorage> known)
    {
        var at = _at;
        var count = new byte[8];
        foreach (var item in _keys.Items)
        {
            if (item is not string key || !known.TryGetValue(key, out var storage))
                throw Fault("storages", "one of them belongs to no tensor");
            var where = $"storage {SafeText.Of(key)}";
            ReadExactly(where, count, at);
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count)
                throw Fault(where, $"holds {BinaryPrimitives.ReadInt64LittleEndian(count)} elements, its tensors expect {storage.Count}");
            if (!_storages.TryAdd(key, at + 8)) throw Fault(where, "occurs twice");
            var bytes = storage.Count * storage.Type.ElementSize();
            if (bytes > RandomAccess.GetLength(_handle) - at - 8) throw Fault(where, "the file is cut short");
            at += 8 + bytes;
        }
    }

    private void ReadExactly(string where, Span<byte> destination, long at)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var read = RandomAccess.Read(_handle, destination, at);
                if (read == 0) throw Fault(where, "the file is cut short");
                destination = destination[read..];
                at += read;
            }
        }
        catch (IOException e)
        {
            throw new TorchFileException(_file, where, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private TorchFileException Fault(string where, string what) => new(_file, where, what);
}
