using System.Buffers.Binary;
using System.Text;
using CACL.Learning.Weights;

namespace CACL.Learning.Tests.Weights;

/// <summary>Makes the files that the reader is tested on, from their raw parts.</summary>
internal static class SafeTensorsFiles
{
    /// <summary>Returns a file of this length, header and data, valid or not.</summary>
    public static byte[] Raw(string header, int dataBytes, ulong? length = null)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)text.Length);
        text.CopyTo(file, 8);
        for (var i = 0; i < dataBytes; i++) file[8 + text.Length + i] = (byte)(i * 7 + 1);
        return file;
    }

    /// <summary>Returns a plain, valid file of a few types, including an empty tensor and a number without dimensions.</summary>
    public static SafeTensorsItem[] Sample() =>
    [
        SafeTensorsItem.Of("a.weight", SafeTensorsType.F32, [2, 3], new byte[24].Select((_, i) => (byte)i).ToArray()),
        SafeTensorsItem.Of("b", SafeTensorsType.U8, [5], new byte[] { 9, 8, 7, 6, 5 }),
        SafeTensorsItem.Of("empty", SafeTensorsType.F64, [4, 0], ReadOnlyMemory<byte>.Empty),
        SafeTensorsItem.Of("step", SafeTensorsType.I64, [], new byte[] { 42, 0, 0, 0, 0, 0, 0, 0 }),
    ];
}
