using System.IO.Hashing;
using System.Text;
using CACL.Data.DataSets.Png;
using CsCheck;

namespace CACL.Data.Tests.DataSets;

public sealed class IndexPngTests
{
    private static readonly (int Bits, int ColourType)[] Depths =
        [
            (1, LabelPng.Grey), (2, LabelPng.Grey), (4, LabelPng.Grey), (8, LabelPng.Grey), (16, LabelPng.Grey), (1, LabelPng.Palette),
            (2, LabelPng.Palette), (4, LabelPng.Palette), (8, LabelPng.Palette)];

    private static readonly Gen<LabelPng> Pictures =
        from depth in Gen.Int[0, Depths.Length - 1]
        from width in Gen.Int[1, 21]
        from height in Gen.Int[1, 21]
        from interlaced in Gen.Bool
        from values in Gen.UShort[0, (ushort)((1 << Depths[depth].Bits) - 1)].Array[width * height]
        from filters in Gen.Int[0, 4].Array[1, 6]
        from chunk in Gen.Int[1, 400]
        select new LabelPng(
            width, height, Depths[depth].Bits, Depths[depth].ColourType, interlaced, values)
        {
            Filters = filters,
            ChunkLength = chunk,
        };

    [Fact]
    public void The_numbers_come_back_at_every_depth_with_every_filter_and_interlacing() => Pictures.Sample(
        picture =>
        {
            var read = IndexPng.Read(picture.Bytes());
            Assert.Equal((picture.Width, picture.Height), (read.Width, read.Height));
            Assert.Equal(picture.Values, read.Values);
        },
        iter: 2000);

    [Fact]
    public void The_checksum_is_the_formats() => Assert.Equal(0xAE426082u, Crc32.HashToUInt32("IEND"u8)); // as at the end of every PNG

    [Fact]
    public void A_damaged_file_is_read_or_refused_but_never_crashes()
    {
        var damage = Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Array[1, 5];
        Gen.Select(Pictures, damage, Gen.Bool).Sample(
            (picture, faults, mendChecksums) =>
            {
                var bytes = picture.Bytes().ToList();
                foreach (var (at, value, kind) in faults) Damage(bytes, at % bytes.Count, value, kind);
                byte[] damaged = [.. bytes];
                if (mendChecksums) MendChecksums(damaged);
                try
                {
                    var read = IndexPng.Read(damaged);
                    Assert.Equal((long)read.Width * read.Height, read.Values.Length);
                }
                catch (PngException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 3000);
    }

    [Fact]
    public void Any_file_that_is_cut_short_is_refused()
    {
        var bytes = LabelPng.Of(9, 7, 3).Bytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            var fault = Assert.Throws<PngException>(() => IndexPng.Read(bytes.AsMemory(0, length)));
            Assert.Matches(length == 0 ? "is empty" : "is cut short", fault.Message);
        }
    }

    [Fact]
    public void A_small_file_cannot_ask_for_much_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<PngException>(
            () => IndexPng.Read((LabelPng.Of(1, 1, 0) with { Width = 10_000, Height = 10_000, Values = new ushort[1] }).HeaderOnly()));
        Assert.Contains("cannot come out of", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(2, 8, "is a picture in colours, not one of class indices")]
    [InlineData(6, 8, "is a picture in colours, not one of class indices")]
    [InlineData(4, 8, "transparency")]
    [InlineData(5, 8, "colour type 5")]
    [InlineData(3, 16, "16 bits a pixel")]
    [InlineData(0, 3, "3 bits a pixel")]
    public void Pixels_that_are_no_numbers_are_refused(int colourType, int bits, string expected) =>
        Assert.Contains(expected, Assert.Throws<PngException>(() => IndexPng.Read(
            (LabelPng.Of(4, 4, 1) with { ColourType = colourType, Bits = bits }).HeaderOnly())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_picture_too_large_is_refused() =>
        Assert.Contains("at most", Assert.Throws<PngException>(() => IndexPng.Read(
            (LabelPng.Of(1, 1, 0) with { Width = 1 << 30, Height = 1 << 30 }).HeaderOnly())).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_png_is_called_by_its_name()
    {
        Assert.Contains("JPEG", Refusal([0xFF, 0xD8, 0xFF, 0xE0, 0, 0]), StringComparison.Ordinal);
        Assert.Contains(
            "git lfs pull", Refusal(Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\n")), StringComparison.Ordinal);
        Assert.Contains("is no PNG", Refusal([1, 2, 3, 4, 5, 6, 7, 8, 9]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_is_seen_by_the_checksum()
    {
        var bytes = LabelPng.Of(9, 7, 3).Bytes();
        bytes[^20] ^= 1; // in the date, which is irrelevant otherwise
        Assert.Contains("checksum of its chunk tIME", Refusal(bytes), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<PngException>(() => IndexPng.Read(bytes)).Message;

    private static void Damage(List<byte> bytes, int at, byte value, int kind)
    {
        switch (kind)
        {
            case 0: bytes[at] = value; break;
            case 1: bytes[at] ^= (byte)(1 << (value & 7)); break;
            case 2: bytes.Insert(at, value); break;
            default: if (bytes.Count > 1) bytes.RemoveAt(at); break;
        }
    }

    /// <summary>Corrects the checksums, so that the damage reaches the deeper layers.</summary>
    private static void MendChecksums(byte[] bytes)
    {
        for (var at = 8; bytes.Length - at >= 12;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > (uint)(bytes.Length - at - 12)) return;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
                bytes.AsSpan(at + 8 + (int)length), Crc32.HashToUInt32(bytes.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
    }
}
