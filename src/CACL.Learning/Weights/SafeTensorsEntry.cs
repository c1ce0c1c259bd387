namespace CACL.Learning.Weights;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major; empty for a single number.</param>
/// <param name="Offset">First byte, counted from the end of the header.</param>
/// <param name="ByteCount">Size in bytes: product of the dimensions × element size.</param>
public sealed record SafeTensorsEntry(string Name, SafeTensorsType Type, long[] Shape, long Offset, long ByteCount)
{
    /// <summary>Number of elements.</summary>
    public long Count => ByteCount / Type.ElementSize();

    /// <summary>Returns type and dimensions as people write them: F32 [64, 3, 7, 7].</summary>
    public string Describe() => $"{Type} [{string.Join(", ", Shape)}]";
}
