using System.Buffers.Binary;
using System.Numerics;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>
/// The checksum of TFRecord files: CRC-32C (Castagnoli), rotated and shifted so that a checksum over data with checksums is not a trivial
/// one.
/// </summary>
internal static class MaskedCrc32C
{
    private const uint Shift = 0xa282ead8;

    /// <summary>Returns the checksum of these bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + Shift);
    }
}
