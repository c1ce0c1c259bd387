using CACL.Data.Sampling;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Evaluation.Confidence;

public sealed class BootstrapTests
{
    private static readonly Gen<long[][]> Split = Gen.Long[0, 50].Array[9].Array[1, 12].Where(images => images.Sum(i => i.Sum()) > 0);

    [Fact]
    public void One_image_or_equal_images_have_intervals_without_width() =>
        Gen.Select(Gen.Long[1, 50].Array[9], Gen.Int[1, 6]).Sample((image, times) =>
        {
            var counts = Counts([.. Enumerable.Repeat(image, times)]);
            var (scores, intervals) = (counts.Scores(), Intervals(counts, 20));
            Assert.Equal(new Interval(scores.MeanIou, scores.MeanIou), intervals.MeanIou);
            Assert.Equal(new Interval(scores.MeanAccuracy, scores.MeanAccuracy), intervals.MeanAccuracy);
            Assert.Equal(new Interval(scores.Accuracy, scores.Accuracy), intervals.Accuracy);
            Assert.Equal(scores.Iou.Select(iou => (Interval?)new Interval(iou, iou)), intervals.Iou);
        }, iter: 50);

    [Fact]
    public void Counts_of_a_finer_grid_have_the_same_intervals_to_the_bit() => Gen.Select(Split, Gen.Long[2, 9]).Sample((images, factor) =>
    {
        var coarse = Intervals(Counts(images), 40);
        var fine = Intervals(Counts([.. images.Select(image => image.Select(n => n * factor).ToArray())]), 40);
        Assert.Equal((coarse.MeanIou, coarse.MeanAccuracy, coarse.Accuracy), (fine.MeanIou, fine.MeanAccuracy, fine.Accuracy));
        Assert.Equal(coarse.Iou, fine.Iou);
    }, iter: 50);

    [Fact]
    public void An_interval_lies_within_the_scores_of_single_images_or_of_what_they_sum_to() => Split.Sample(images =>
    {
        var labelled = images.Where(image => image.Sum() > 0).ToArray();
        var single = labelled.Select(image => SegmentationScores.Of(3, image).Accuracy).ToArray();
        var interval = Intervals(Counts(images), 40).Accuracy;
        Assert.InRange(interval!.Value.Low, single.Min(), interval.Value.High);
        Assert.InRange(interval.Value.High, interval.Value.Low, single.Max());
    }, iter: 50);

    [Fact]
    public void The_interval_holds_the_score_itself_all_but_rarely()
    {
        var (held, all) = (0, 0);
        Split.Where(images => images.Length >= 6).Sample(images =>
        {
            var counts = Counts(images);
            var (scores, intervals) = (counts.Scores(), Intervals(counts, 100));
            Interlocked.Add(ref held, (intervals.Accuracy!.Value.Contains(scores.Accuracy) ? 1 : 0)
                + (intervals.MeanIou!.Value.Contains(scores.MeanIou) ? 1 : 0));
            Interlocked.Add(ref all, 2);
        }, iter: 200, seed: "0000fFFFfFFF");
        Assert.True(held >= 0.97 * all, $"{held} of {all}");
    }

    [Fact]
    public void Four_images_have_the_quantiles_of_all_their_256_resamples()
    {
        long[][] images = [[90, 10, 5, 20], [30, 30, 20, 20], [8, 80, 6, 40], [50, 5, 45, 3]];
        var counts = Counts(images, 2);
        var found = Enumerable.Range(0, 256).Select(number =>
        {
            var sum = new long[4];
            for (var drawn = 0; drawn < 4; drawn++) counts.AddTo((number >> (2 * drawn)) & 3, 1, sum);
            return SegmentationScores.Of(2, sum);
        }).ToArray();
        var (all, drawn) = (ScoreIntervals.Of(found), Intervals(counts, 40_000));
        Assert.Equal(all.MeanIou, drawn.MeanIou);
        Assert.Equal(all.MeanAccuracy, drawn.MeanAccuracy);
        Assert.Equal(all.Accuracy, drawn.Accuracy);
        Assert.Equal(all.Iou, drawn.Iou);
    }

    [Fact]
    public void Every_resample_draws_as_many_images_as_there_are_each_equally_often()
    {
        var drawn = Enumerable.Range(0, 4000).Select(resample => Bootstrap.Draw(5, resample, seed: 3)).ToArray();
        Each.Holds(drawn, times => Assert.Equal(5, times.Sum()));
        // 20,000 draws of one in five: a deviation of 57, four of which are allowed.
        for (var image = 0; image < 5; image++) Assert.InRange(drawn.Sum(times => times[image]), 4000 - 228, 4000 + 228);
        Assert.NotEqual(Bootstrap.Draw(50, 0, 3), Bootstrap.Draw(50, 0, 4));
        Assert.NotEqual(Bootstrap.Draw(50, 0, 3), Bootstrap.Draw(50, 1, 3));
    }

    [Fact]
    public void The_draws_of_a_seed_are_these_on_every_machine()
    {
        // Computed apart from this program, from the definition of its random numbers.
        Assert.Equal([1, 0, 1, 2, 0, 2], Bootstrap.Draw(6, 0, seed: 0));
        Assert.Equal([0, 0, 3, 2, 0, 1], Bootstrap.Draw(6, 999, seed: 7));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(100)]
    public void Of_a_hundred_intervals_some_95_hold_the_truth(int images)
    {
        // Each image has a difficulty of its own, drawn evenly from 0.4 to 1: the share of its pixels that are right. The truth is 0.7.
        var held = Enumerable.Range(0, 300).Count(world =>
        {
            var random = new CounterRandom(17, world, images, 0, DrawPurpose.Frame);
            var counts = new ImageCounts(2);
            for (var image = 0; image < images; image++)
            {
                var right = (long)(1000 * random.Uniform(0.4, 1));
                counts.Add([right / 2, (1000 - right) / 2, (1000 - right) / 2, right / 2]);
            }

            return Intervals(counts, 200).Accuracy!.Value.Contains(0.7);
        });
        // 95 % of 300 is 285, with a deviation of 4.
        Assert.InRange(held, 270, 296);
    }

    private static ScoreIntervals Intervals(ImageCounts counts, int resamples) =>
        ScoreIntervals.Of(Bootstrap.Scores(counts, resamples, seed: 5));

    private static ImageCounts Counts(long[][] images, int classes = 3)
    {
        var counts = new ImageCounts(classes);
        foreach (var image in images) counts.Add(image);
        return counts;
    }
}
