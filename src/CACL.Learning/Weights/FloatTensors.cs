using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CACL.Learning.Weights;

/// <summary>Converts between float32 arrays and a safetensors file's bytes (both little-endian).</summary>
internal static class FloatTensors
{
    /// <summary>Floats passed on at a time: a span of bytes cannot hold the largest float arrays.</summary>
    private const int ChunkFloats = 1 << 22;

    /// <summary>Returns the item that writes a tensor as F32, without copying the values.</summary>
    public static SafeTensorsItem Item(SnapshotTensor tensor) => new(tensor.Name, SafeTensorsType.F32, tensor.Shape, stream =>
    {
        for (var at = 0; at < tensor.Values.Length; at += ChunkFloats)
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan(at, Math.Min(ChunkFloats, tensor.Values.Length - at))));
    });

    /// <summary>Reads a tensor of any float type as float32.</summary>
    /// <exception cref="SafeTensorsException">The tensor is not of a float type, is too large for an array, or cannot be read.</exception>
    public static float[] Read(SafeTensorsReader file, SafeTensorsEntry entry)
    {
        if (entry.Count > Array.MaxLength)
            throw new SafeTensorsException(file.Path, $"tensor '{entry.Name}'", $"{entry.Count} numbers do not fit one array");
        var values = GC.AllocateUninitializedArray<float>((int)entry.Count);
        if (entry.Type == SafeTensorsType.F32) ReadSingles(file, entry, values);
        else Convert(file, entry, values, Number(entry.Type) ?? throw new SafeTensorsException(
            file.Path, $"tensor '{entry.Name}'", $"is {entry.Type}, not a float type"));
        return values;
    }

    /// <summary>
    /// Returns the function that converts an element's little-endian bytes to float32; null where the type is no float type.
    /// </summary>
    public static Func<ReadOnlySpan<byte>, float>? Number(SafeTensorsType type) => type switch
    {
        SafeTensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian,
        SafeTensorsType.F64 => bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        SafeTensorsType.F16 => bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        SafeTensorsType.BF16 => bytes => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        _ => null,
    };

    private static void ReadSingles(SafeTensorsReader file, SafeTensorsEntry entry, float[] values)
    {
        for (var at = 0; at < values.Length; at += ChunkFloats)
            file.Read(entry, 4L * at, MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(ChunkFloats, values.Length - at))));
    }

    private static void Convert(SafeTensorsReader file, SafeTensorsEntry entry, float[] values, Func<ReadOnlySpan<byte>, float> one)
    {
        var size = entry.Type.ElementSize();
        var buffer = new byte[Math.Min(values.Length, 1 << 16) * size];
        for (var at = 0; at < values.Length;)
        {
            var count = Math.Min(buffer.Length / size, values.Length - at);
            file.Read(entry, (long)at * size, buffer.AsSpan(0, count * size));
            for (var i = 0; i < count; i++) values[at++] = one(buffer.AsSpan(i * size, size));
        }
    }
}
