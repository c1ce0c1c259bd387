using CACL.Data.Sampling;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Sampling;

public sealed class CounterRandomTests
{
    private static readonly Gen<(ulong Seed, long Epoch, long Position, int Attempt)> Keys =
        Gen.Select(Gen.ULong, Gen.Long[0, 1000], Gen.Long[0, 1_000_000], Gen.Int[0, 50]);

    [Fact]
    public void The_same_key_gives_the_same_stream() => Keys.Sample(key =>
    {
        var a = Stream(key, DrawPurpose.Box);
        var b = Stream(key, DrawPurpose.Box);
        for (var draw = 0; draw < 10; draw++) Assert.Equal(a.Bits(), b.Bits());
    });

    [Fact]
    public void A_change_of_any_part_of_the_key_gives_another_stream() => Keys.Sample(key =>
    {
        var first = Stream(key, DrawPurpose.Box).Bits();
        Assert.NotEqual(first, Stream(key with { Seed = key.Seed + 1 }, DrawPurpose.Box).Bits());
        Assert.NotEqual(first, Stream(key with { Epoch = key.Epoch + 1 }, DrawPurpose.Box).Bits());
        Assert.NotEqual(first, Stream(key with { Position = key.Position + 1 }, DrawPurpose.Box).Bits());
        Assert.NotEqual(first, Stream(key with { Attempt = key.Attempt + 1 }, DrawPurpose.Box).Bits());
        Assert.NotEqual(first, Stream(key, DrawPurpose.Flip).Bits());
    });

    [Fact]
    public void Numbers_stay_in_their_range() => Gen.Select(Keys, Gen.Int[1, int.MaxValue]).Sample((key, count) =>
    {
        var random = Stream(key, DrawPurpose.Frame);
        for (var draw = 0; draw < 20; draw++)
        {
            Assert.InRange(random.Below(count), 0, count - 1);
            Assert.InRange(random.Unit(), 0, BitDecrementOfOne);
            Assert.InRange(random.Uniform(-2, 3), -2, 3);
        }
    });

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Every_number_below_a_bound_is_equally_likely(int count)
    {
        const int Draws = 100_000;
        var seen = new int[count];
        var random = new CounterRandom(5, 0, 0, 0, DrawPurpose.Frame);
        for (var draw = 0; draw < Draws; draw++) seen[random.Below(count)]++;
        ChiSquare.AssertUniform(seen);
    }

    [Fact]
    public void First_numbers_of_neighbouring_positions_are_uniform()
    {
        var seen = new int[64];
        for (var position = 0; position < 100_000; position++)
            seen[new CounterRandom(1, 0, position, 0, DrawPurpose.Frame).Below(64)]++;
        ChiSquare.AssertUniform(seen);
    }

    [Fact]
    public void All_orders_of_four_are_equally_likely()
    {
        var seen = new Dictionary<string, int>();
        var random = new CounterRandom(9, 0, 0, 0, DrawPurpose.ColourAugmentation);
        for (var draw = 0; draw < 48_000; draw++)
        {
            char[] order = ['a', 'b', 'c', 'd'];
            random.Shuffle(order.AsSpan());
            var key = new string(order);
            seen[key] = seen.GetValueOrDefault(key) + 1;
        }

        Assert.Equal(24, seen.Count);
        ChiSquare.AssertUniform([.. seen.Values]);
    }

    [Fact]
    public void Distinct_draws_are_distinct_and_a_longer_draw_begins_with_the_shorter() =>
        Gen.Select(Keys, Gen.Int[1, 300], Gen.Int[0, 300], Gen.Int[0, 300]).Sample((key, below, a, b) =>
        {
            var (few, many) = (Math.Min(Math.Min(a, b), below), Math.Min(Math.Max(a, b), below));
            var longer = Stream(key, DrawPurpose.EnqueuePixels).Distinct(many, below);
            Assert.Equal(many, longer.Distinct().Count());
            Each.Holds(longer, value => Assert.InRange(value, 0, below - 1));
            Assert.Equal(longer[..few], Stream(key, DrawPurpose.EnqueuePixels).Distinct(few, below));
        });

    private static readonly double BitDecrementOfOne = Math.BitDecrement(1.0);

    private static CounterRandom Stream((ulong Seed, long Epoch, long Position, int Attempt) key, DrawPurpose purpose) =>
        new(key.Seed, key.Epoch, key.Position, key.Attempt, purpose);
}
