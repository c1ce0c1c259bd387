using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Augmentation;

public sealed class ViewsBuilderTests
{
    private const int Side = 16;
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    private static readonly ColourAugmentation Plain = new(false, 1, 1, 1, 0, new JitterOrder(0, 1, 2, 3), false, false, 1);

    [Fact]
    public void Frames_become_views_in_their_places_mirrored_where_the_plan_says_so()
    {
        using var pool = new FramePairPool(Side);
        using var batch = new PairBatch(
            3, 0, [Pair(pool, 1, flip: false, Plain), Pair(pool, 2, flip: true, Plain), Pair(pool, 3, flip: false, Plain, flipPlus: true)]);
        using var builder = new ViewsBuilder(CPU);
        using var views = builder.Build(batch, [1, 0, 2]);

        Assert.Equal([3, 3, Side, Side], views.View.shape);
        AssertNormalised(batch.Pairs[0].First.ToArray(), views.View, sample: 0, mirrored: false);
        AssertNormalised(batch.Pairs[1].First.ToArray(), views.View, sample: 1, mirrored: true);
        AssertNormalised(batch.Pairs[0].Second.ToArray(), views.ViewPlus, sample: 0, mirrored: false);
        AssertNormalised(batch.Pairs[1].Second.ToArray(), views.ViewPlus, sample: 1, mirrored: true);
        AssertNormalised(batch.Pairs[2].First.ToArray(), views.View, sample: 2, mirrored: false);
        AssertNormalised(batch.Pairs[2].Second.ToArray(), views.ViewPlus, sample: 2, mirrored: true);
        Assert.Equal([new Roll(8, 0), new Roll(8, 0), new Roll(8, 0)], views.Rolls);
        Assert.Equal([new Roll(0, 8), new Roll(0, 8), new Roll(0, 8)], views.RollsPlus);
        Assert.Equal([1, 0, 2], views.Permutation);
        Assert.Equal([[0, 3], [0, 3], [0, 3]], views.EnqueuePixels);
        Assert.Equal(batch.Pairs.Select(p => p.Plan), views.Plans);
    }

    [Fact]
    public void Solarising_turns_what_is_brighter_than_half_into_its_negative()
    {
        using var pool = new FramePairPool(Side);
        using var batch = new PairBatch(
            0, 0, [Pair(pool, 1, flip: true, Plain with { Solarise = true }), Pair(pool, 2, flip: false, Plain)]);
        var solarised = batch.Pairs[0].First.ToArray().Select(value => (byte)(value >= 128 ? 255 - value : value)).ToArray();
        using var builder = new ViewsBuilder(CPU);
        using var views = builder.Build(batch, [0, 1]);
        AssertNormalised(solarised, views.View, sample: 0, mirrored: true);
        AssertNormalised(batch.Pairs[1].First.ToArray(), views.View, sample: 1, mirrored: false);
    }

    [Fact]
    public void Methods_are_told_where_in_its_frame_each_view_lies()
    {
        using var pool = new FramePairPool(Side);
        using var batch = new PairBatch(0, 0, [Pair(pool, 1, flip: false, Plain), Pair(pool, 2, flip: true, Plain, flipPlus: false)]);
        var plan = batch.Pairs[1].Plan!;
        batch.Pairs[1].Plan = plan with { ViewPlus = plan.ViewPlus with { Box = new CropBox(3, 5, 20, 10) } };
        float[] expected = [0, 0, Side, Side, 0, 0, 0, Side, Side, 1, 0, 0, Side, Side, 0, 3, 5, 20, 10, 0];
        using var builder = new ViewsBuilder(CPU);
        using var views = builder.Build(batch, [0, 1]);
        Assert.Equal([4, 5], views.Boxes()!.shape);
        Assert.Equal(expected, views.Boxes()!.data<float>().ToArray());

        // They are the same where the views did not come through the upload.
        using var scope = NewDisposeScope();
        using var elsewhere = new Views(zeros(2, 3, Side, Side), zeros(2, 3, Side, Side), [], [], [0, 1], [[], []]) { Plans = views.Plans };
        Assert.Equal(expected, elsewhere.Boxes()!.data<float>().ToArray());
        using var without = new Views(zeros(2, 3, Side, Side), zeros(2, 3, Side, Side), [], [], [0, 1], [[], []]);
        Assert.Null(without.Boxes());
    }

    [Fact]
    public void What_happens_to_one_sample_does_not_depend_on_the_others()
    {
        using var pool = new FramePairPool(Side * 4);
        using var builder = new ViewsBuilder(CPU);
        ColourAugmentation[] plans =
        [
            Plain with { Jitter = true, Brightness = 1.3f, Contrast = 0.7f, Saturation = 1.2f, Hue = 0.09f,
                Order = new JitterOrder(3, 1, 0, 2) },
            Plain with { Jitter = true, Brightness = 0.7f, Contrast = 1.3f, Saturation = 0.8f, Hue = -0.1f,
                Order = new JitterOrder(3, 0, 2, 1), Blur = true, Sigma = 0.3f },
            Plain with { Gray = true, Blur = true, Sigma = 1.9f },
        ];
        using var together = new PairBatch(0, 0, [.. plans.Select((p, i) => Pair(pool, i, i == 1, p))]);
        using var all = builder.Build(together, [0, 1, 2]);
        for (var i = 0; i < plans.Length; i++)
        {
            using var alone = new PairBatch(0, 0, [Pair(pool, i, i == 1, plans[i])]);
            using var one = builder.Build(alone, [0]);
            using var difference = all.View[i].sub(one.View[0]).abs().max();
            Assert.True(difference.item<float>() < 1e-5);
        }
    }

    [Fact]
    public void Building_leaves_no_tensor_behind()
    {
        using var pool = new FramePairPool(Side * 4);
        using var builder = new ViewsBuilder(CPU);
        var plan = Plain with { Jitter = true, Gray = true, Blur = true };
        void Build()
        {
            using var batch = new PairBatch(0, 0, [Pair(pool, 1, true, plan), Pair(pool, 2, false, plan)]);
            using var views = builder.Build(batch, [0, 1]);
        }

        Build();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Build();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_pair_without_a_plan_is_refused_by_its_path()
    {
        using var pool = new FramePairPool(Side);
        using var batch = new PairBatch(0, 0, [pool.Rent()]);
        batch.Pairs[0].Path = "clip.mp4";
        using var builder = new ViewsBuilder(CPU);
        Assert.Contains("clip.mp4", Assert.Throws<ArgumentException>(() => builder.Build(batch, [0])).Message, StringComparison.Ordinal);
    }

    private static FramePair Pair(FramePairPool pool, int seed, bool flip, ColourAugmentation augmentation, bool? flipPlus = null)
    {
        var pair = pool.Rent();
        var box = new CropBox(0, 0, Side, Side);
        var random = new Random(seed);
        random.NextBytes(pair.First);
        random.NextBytes(pair.Second);
        pair.Plan = new SamplePlan(
            0, seed, 0, 1, 0, 8, new ViewPlan(box, flip, augmentation, 8, 0),
            new ViewPlan(box, flipPlus ?? flip, augmentation, 0, 8), [0, 3]);
        return pair;
    }

    private static void AssertNormalised(byte[] frame, Tensor view, int sample, bool mirrored)
    {
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    using var number = view[sample, c, y, x];
                    var at = mirrored ? Side - 1 - x : x;
                    Assert.Equal(((frame[(((y * Side) + at) * 3) + c] / 255f) - Mean[c]) / Deviation[c], number.item<float>(), 1e-5);
                }
            }
        }
    }
}
