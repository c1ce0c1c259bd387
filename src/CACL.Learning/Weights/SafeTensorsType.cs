using System.Diagnostics.CodeAnalysis;

namespace CACL.Learning.Weights;

/// <summary>The element types of the safetensors format whose elements are whole bytes, with the format's own names.</summary>
[SuppressMessage("Naming", "CA1707", Justification = "The format's own names.")]
public enum SafeTensorsType
{
    /// <summary>A byte that is 0 or 1.</summary>
    BOOL,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Float of 8 bits, 5 of them exponent.</summary>
    F8_E5M2,

    /// <summary>Float of 8 bits, 4 of them exponent.</summary>
    F8_E4M3,

    /// <summary>A power of two in 8 bits.</summary>
    F8_E8M0,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>Two single-precision floats.</summary>
    C64,
}

/// <summary>Sizes of <see cref="SafeTensorsType"/>.</summary>
public static class SafeTensorsTypes
{
    /// <summary>Returns the bytes of an element.</summary>
    public static int ElementSize(this SafeTensorsType type) => type switch
    {
        SafeTensorsType.BOOL or SafeTensorsType.U8 or SafeTensorsType.I8 => 1,
        SafeTensorsType.F8_E5M2 or SafeTensorsType.F8_E4M3 or SafeTensorsType.F8_E8M0 => 1,
        SafeTensorsType.U16 or SafeTensorsType.I16 or SafeTensorsType.F16 or SafeTensorsType.BF16 => 2,
        SafeTensorsType.U32 or SafeTensorsType.I32 or SafeTensorsType.F32 => 4,
        SafeTensorsType.U64 or SafeTensorsType.I64 or SafeTensorsType.F64 or SafeTensorsType.C64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type of the safetensors format."),
    };

    /// <summary>
    /// Computes the bytes of a tensor; returns false where the product of its dimensions does not fit 63 bits or a dimension is negative.
    /// </summary>
    public static bool TryByteCount(this SafeTensorsType type, IReadOnlyList<long> shape, out long bytes)
    {
        bytes = type.ElementSize();
        foreach (var dimension in shape)
        {
            if (dimension < 0) return false;
            var product = Math.BigMul(bytes, dimension, out var low);
            if (product != 0 || low < 0) return false;
            bytes = low;
        }

        return true;
    }
}
