using System.IO.Compression;
using System.IO.Hashing;

namespace CACL.Learning.Weights.Import;

/// <summary>
/// Reads entries of a zip archive of unknown origin: no more than an entry declares, no more than its bytes can expand to, and only with a
/// valid checksum.
/// </summary>
internal static class ZipEntryReader
{
    // The highest ratio that deflate can reach; an entry that claims more is lying.
    private const long DeflateRatio = 1032;

    /// <summary>Reads an entry to its end and keeps a part of it.</summary>
    /// <param name="file">The archive, for messages.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="from">First byte to keep.</param>
    /// <param name="count">Number of bytes to keep; the caller has checked that the entry has them.</param>
    /// <exception cref="TorchFileException">The entry is damaged, or not what it claims to be.</exception>
    public static byte[] Read(string file, ZipArchiveEntry entry, long from, int count)
    {
        var where = $"entry {SafeText.Of(entry.FullName)}";
        if (entry.IsEncrypted) throw new TorchFileException(file, where, "is encrypted");
        if (entry.Length / DeflateRatio > entry.CompressedLength)
            throw new TorchFileException(
                file, where, $"claims {entry.Length} bytes out of {entry.CompressedLength} compressed ones, which no compression reaches");
        try
        {
            // Opening compares the entry with the file's length, so nothing is allocated for bytes that do not exist.
            using var stream = entry.Open();
            var kept = GC.AllocateUninitializedArray<byte>(count);
            var checksum = Walk(stream, entry.Length, from, kept);
            if (stream.ReadByte() >= 0) throw new TorchFileException(file, where, $"is longer than the {entry.Length} bytes that it says");
            // Zero means: written with torch.serialization.set_crc32_options(False).
            if (entry.Crc32 != 0 && entry.Crc32 != checksum)
                throw new TorchFileException(file, where, "is damaged (its checksum differs); fetch the file again");
            return kept;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException)
        {
            throw new TorchFileException(file, where, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static uint Walk(Stream stream, long length, long from, Span<byte> kept)
    {
        var buffer = new byte[1 << 18];
        // .NET's reader does not verify an entry's checksum.
        var checksum = new Crc32();
        for (long at = 0; at < length;)
        {
            var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at));
            stream.ReadExactly(piece);
            checksum.Append(piece);
            var (first, end) = (Math.Max(at, from), Math.Min(at + piece.Length, from + kept.Length));
            if (first < end) piece[(int)(first - at)..(int)(end - at)].CopyTo(kept[(int)(first - from)..]);
            at += piece.Length;
        }

        return checksum.GetCurrentHashAsUInt32();
    }
}
