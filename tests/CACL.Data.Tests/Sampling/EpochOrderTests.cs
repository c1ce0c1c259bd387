using CACL.Data.Sampling;
using CsCheck;

namespace CACL.Data.Tests.Sampling;

public sealed class EpochOrderTests
{
    [Fact]
    public void An_order_visits_every_video_once() => Gen.Select(Gen.ULong, Gen.Int[0, 300], Gen.Int[0, 400]).Sample((seed, epoch, count) =>
    {
        var order = new EpochOrder(seed, epoch, count);
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(position => order[position]).Order());
    });

    [Fact]
    public void A_quarter_of_a_million_videos_are_visited_once_each()
    {
        var order = new EpochOrder(7, 3, 240_000);
        var seen = new bool[order.Count];
        for (var position = 0; position < order.Count; position++) seen[order[position]] = true;
        Assert.DoesNotContain(false, seen);
    }

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        static int[] Order(ulong seed, int epoch)
        {
            var order = new EpochOrder(seed, epoch, 100);
            return [.. Enumerable.Range(0, 100).Select(position => order[position])];
        }

        Assert.Equal(Order(1, 1), Order(1, 1));
        Assert.NotEqual(Order(1, 1), Order(1, 2));
        Assert.NotEqual(Order(1, 1), Order(2, 1));
    }

    [Fact]
    public void Every_video_is_equally_likely_to_come_first()
    {
        var seen = new int[20];
        for (var epoch = 0; epoch < 20_000; epoch++) seen[new EpochOrder(3, epoch, 20)[0]]++;
        ChiSquare.AssertUniform(seen);
    }

    [Fact]
    public void A_step_permutes_its_batch() => Gen.Select(Gen.ULong, Gen.Long[0, 1_000_000], Gen.Int[0, 64]).Sample((seed, step, batch) =>
    {
        var permutation = StepPermutation.Of(seed, step, batch);
        Assert.Equal(Enumerable.Range(0, batch), permutation.Order());
        Assert.Equal(permutation, StepPermutation.Of(seed, step, batch));
        if (batch > 20) Assert.NotEqual(permutation, StepPermutation.Of(seed, step + 1, batch));
    });
}
