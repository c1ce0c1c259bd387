using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace CACL.Data.DataSets.Png;

/// <summary>
/// The chunks of a PNG that matter to class indices: the header, and the compressed pixels in order. Every chunk's CRC is checked.
/// </summary>
/// <param name="Header">The content of IHDR.</param>
/// <param name="Pixels">The data of the chunks IDAT, which follow one another.</param>
internal sealed record PngChunks(PngHeader Header, IReadOnlyList<ReadOnlyMemory<byte>> Pixels)
{
    private const string CutShort = "is cut short: it ends before its last chunk. Copy or download it again";
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the chunks.</summary>
    /// <exception cref="PngException">The file is not a PNG, is damaged or truncated, or its pixels are colours.</exception>
    public static PngChunks Read(ReadOnlyMemory<byte> file)
    {
        CheckSignature(file.Span);
        PngHeader? header = null;
        var pixels = new List<ReadOnlyMemory<byte>>();
        var last = "";
        for (var at = Signature.Length; ;)
        {
            var (type, data) = Next(file, at);
            at += 12 + data.Length;
            switch (type)
            {
                case "IHDR" when header is null && pixels.Count == 0:
                    header = PngHeader.Parse(data.Span);
                    break;
                case "IDAT" when header is not null && (pixels.Count == 0 || last == "IDAT"):
                    pixels.Add(data);
                    break;
                case "IEND" when header is not null && pixels.Count > 0:
                    return new PngChunks(header.Value, pixels);
                case "IHDR" or "IDAT" or "IEND":
                    throw new PngException($"is damaged: the chunk {type} is not where it belongs");
                case "PLTE":
                    break; // the colours in which the indices are drawn do not matter
                default:
                    // An upper-case first letter says that the picture cannot be understood without the chunk.
                    if (header is null || char.IsAsciiLetterUpper(type[0]))
                        throw new PngException($"is damaged: it holds a chunk {type} that PNG does not have there");
                    break;
            }

            last = type;
        }
    }

    private static void CheckSignature(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(Signature)) return;
        if (file.IsEmpty) throw new PngException("is empty");
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            throw new PngException("is a JPEG, which changes numbers; class indices have to be a PNG");
        if (file.StartsWith("version https://git-lfs"u8))
            throw new PngException("is a Git LFS pointer, not the file itself: git lfs pull fetches it");
        throw new PngException(Signature.AsSpan().StartsWith(file) ? CutShort : "is no PNG");
    }

    private static (string Type, ReadOnlyMemory<byte> Data) Next(ReadOnlyMemory<byte> file, int at)
    {
        if (file.Length - at < 12) throw new PngException(CutShort);
        var length = BinaryPrimitives.ReadUInt32BigEndian(file.Span[at..]);
        if (length > (uint)(file.Length - at - 12)) throw new PngException(CutShort);
        var typeAndData = file.Span.Slice(at + 4, 4 + (int)length);
        foreach (var letter in typeAndData[..4])
        {
            if (!char.IsAsciiLetter((char)letter)) throw new PngException($"is damaged: there is no chunk at byte {at}");
        }

        var type = Encoding.ASCII.GetString(typeAndData[..4]);
        var said = BinaryPrimitives.ReadUInt32BigEndian(file.Span[(at + 8 + (int)length)..]);
        if (Crc32.HashToUInt32(typeAndData) != said)
            throw new PngException($"is damaged: the checksum of its chunk {type} at byte {at} is wrong. Copy or download it again");
        return (type, file.Slice(at + 8, (int)length));
    }
}
