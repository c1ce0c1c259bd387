using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace CACL.Learning.Weights.Import;

/// <summary>Reads the bytes of pickles. Whatever a length claims, nothing is read or allocated beyond what is there and allowed.</summary>
internal sealed class PickleCursor(string file, string name, ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Position of the next byte.</summary>
    public int At { get; private set; }

    /// <summary>Bytes left.</summary>
    public int Left => bytes.Length - At;

    public byte Byte() => Take(1)[0];

    public long UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public long Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Float() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Reads a whole number of so many bytes, little-endian, two's complement.</summary>
    public object Integer(ulong length)
    {
        var value = new BigInteger(Sized(length));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    public byte[] Bytes(ulong length) => Sized(length).ToArray();

    public string Latin1(ulong length) => Encoding.Latin1.GetString(Sized(length));

    public string Utf8(ulong length)
    {
        var start = At;
        try
        {
            return StrictUtf8.GetString(Sized(length));
        }
        catch (DecoderFallbackException e)
        {
            throw Fault(start, "a text is not UTF-8", e);
        }
    }

    /// <summary>Reads a text up to the end of its line, as GLOBAL has it.</summary>
    public string Line()
    {
        var length = bytes.Span[At..Math.Min(bytes.Length, At + PickleLimits.GlobalName + 1)].IndexOf((byte)'\n');
        if (length < 0) throw Fault(At, $"a name does not end within {PickleLimits.GlobalName} characters");
        var text = Utf8((ulong)length);
        At++;
        return text;
    }

    public TorchFileException Fault(int position, string what, Exception? inner = null) =>
        new(file, $"{name}, byte {position}", what, inner);

    private ReadOnlySpan<byte> Sized(ulong length)
    {
        if (length > PickleLimits.Text)
            throw Fault(At, $"a text, byte string or number of {length} bytes; at most {PickleLimits.Text} are allowed");
        return Take((int)length);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left) throw Fault(At, $"it ends in the middle of an opcode: {count} bytes are wanted, {Left} are left");
        At += count;
        return bytes.Span.Slice(At - count, count);
    }
}
