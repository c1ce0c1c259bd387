using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>Writes the fields of a protocol buffers message: as much of the wire format as an event needs.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>An int64, or an enum.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, Varint);
        Variable((ulong)value);
    }

    /// <summary>A double.</summary>
    public void Double(int field, double value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
    }

    /// <summary>A float.</summary>
    public void Float(int field, float value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
    }

    /// <summary>A text.</summary>
    public void Text(int field, string value) => Message(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within, already written.</summary>
    public void Message(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Bytes);
        Variable((ulong)value.Length);
        _buffer.Write(value);
    }

    private void Tag(int field, int type) => Variable((ulong)((field << 3) | type));

    private void Variable(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7) span[count++] = (byte)(value | 0x80);
        span[count++] = (byte)value;
        _buffer.Advance(count);
    }
}
