using CACL.Data.Catalog;
using CsCheck;

namespace CACL.Data.Tests.Catalog;

public sealed class FrameIndexCodecTests
{
    private static readonly Gen<(long[] Times, int[] Keys)> Indices =
        Gen.OneOf(
            Gen.Long.Array[0, 60], Gen.Long[-5, 5].Array[0, 200], Gen.Select(Gen.Long[0, 100000], Gen.Long[0, 1000], Gen.Int[0, 500], Rate))
            .SelectMany(times => Gen.Bool.Array[times.Length].Select(isKey => (times, KeysOf(isKey))));

    [Fact]
    public void An_index_comes_back_as_it_was() => Indices.Sample(index =>
    {
        var bytes = FrameIndexCodec.Encode(index.Times, index.Keys);
        var (times, keys) = FrameIndexCodec.Decode(bytes, index.Times.Length);
        Assert.Equal(index.Times, times);
        Assert.Equal(index.Keys, keys);
    });

    [Fact]
    public void A_constant_rate_takes_a_few_bytes()
    {
        var times = Enumerable.Range(0, 30_000).Select(frame => 1024 + (frame * 512L)).ToArray();
        Assert.InRange(FrameIndexCodec.Encode(times, [0]).Length, 1, 16);
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_give_an_index_of_the_right_length() =>
        Gen.Select(Indices, Gen.Int[0, 10_000], Gen.Byte).Sample((index, place, value) =>
        {
            var bytes = FrameIndexCodec.Encode(index.Times, index.Keys);
            bytes[place % bytes.Length] = value;
            try
            {
                Assert.Equal(index.Times.Length, FrameIndexCodec.Decode(bytes, index.Times.Length).Times.Length);
            }
            catch (InvalidDataException)
            {
                // rejected
            }
        });

    [Fact]
    public void A_cut_index_is_refused() => Indices.Sample(index =>
    {
        var bytes = FrameIndexCodec.Encode(index.Times, index.Keys);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => FrameIndexCodec.Decode(bytes.AsSpan(0, length), index.Times.Length));
    });

    [Fact]
    public void An_index_of_another_length_is_refused() =>
        Assert.Throws<InvalidDataException>(() => FrameIndexCodec.Decode(FrameIndexCodec.Encode([1, 2, 3], [0]), 2));

    private static long[] Rate(long start, long step, int count) => [.. Enumerable.Range(0, count).Select(frame => start + (frame * step))];

    private static int[] KeysOf(bool[] isKey) => [.. Enumerable.Range(0, isKey.Length).Where(frame => isKey[frame])];
}
