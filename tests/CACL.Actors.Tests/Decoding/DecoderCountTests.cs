using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CsCheck;

namespace CACL.Actors.Tests.Decoding;

/// <summary>
/// Tests the choice of the number of decoders, on trainings whose times follow from the number of decoders by arithmetic.
/// </summary>
public sealed class DecoderCountTests
{
    private static readonly Gen<Training> OnCards = Gen.Select(
        Gen.Int[3, 32], Gen.Double[0.02, 2], Gen.Double[0.001, 0.1], Gen.Int[8, 64],
        (cores, computes, decodes, pairs) => new Training(DecoderBounds.Of("cuda:0", 0, cores), computes, decodes, pairs));

    private static readonly Gen<Training> OnProcessors = Gen.Select(
        Gen.Int[1, 16], Gen.Int[0, 16], Gen.Double[0.05, 2], Gen.Double[0.001, 0.1], Gen.Int[8, 64],
        (cores, threads, computes, decodes, pairs) =>
            new Training(DecoderBounds.Of("cpu", Math.Min(threads, cores), cores), computes, decodes, pairs));

    [Fact]
    public void On_a_card_the_first_number_is_all_cores_but_two_and_on_a_processor_half_of_them()
    {
        Assert.Equal(new DecoderBounds(14, 14, 0, 16), DecoderBounds.Of("cuda:0", 4, 16));
        Assert.Equal(new DecoderBounds(1, 1, 0, 2), DecoderBounds.Of("cuda", 0, 2));
        Assert.Equal(new DecoderBounds(8, 16, 16, 16), DecoderBounds.Of("cpu", 0, 16));
        Assert.Equal(new DecoderBounds(1, 1, 1, 1), DecoderBounds.Of("cpu", 0, 1));
    }

    [Fact]
    public void Whatever_happens_the_number_stays_within_its_limits_and_each_change_is_told() => Gen.Select(
        Gen.OneOf(OnCards, OnProcessors), Gen.Int[0, 40],
        Gen.Select(Gen.Double[0, 5], Gen.Double[0, 5], Gen.Int[0, 64], Gen.Int[0, 9], Gen.Double[0, 10]).Array[0, 400])
        .Sample((training, first, steps) =>
        {
            var count = new DecoderCount(training.Bounds, first);
            var last = count.Now;
            foreach (var (waited, computed, pairs, decoded, seconds) in steps)
            {
                for (var i = 0; i < decoded; i++) count.Decoded(seconds);
                var change = count.Stepped(waited, computed, pairs);
                Assert.InRange(count.Now, 1, training.Bounds.Most);
                Assert.Equal(change?.Decoders ?? last, count.Now);
                if (change is not null) Assert.NotEqual(last, change.Decoders);
                last = count.Now;
            }
        });

    [Fact]
    public void Beside_a_card_decoders_are_enough_or_all_there_may_be_and_not_many_more_than_enough() =>
        Gen.Select(OnCards, Gen.Int[1, 30]).Sample((training, first) =>
        {
            var count = new DecoderCount(training.Bounds, first);
            Train(count, training, windows: 200);
            Assert.True(count.Now == training.Bounds.Most || training.Waits(count.Now) < 0.01);
            Assert.True(count.Now - 1 < 1 + (1.5 * training.Needed));
            Assert.Equal(0, Train(count, training, windows: 2000)); // and so it stays
        });

    [Fact]
    public void On_shared_cores_the_training_is_about_as_fast_as_with_the_best_number() =>
        Gen.Select(OnProcessors, Gen.Int[1, 16]).Sample((training, first) =>
        {
            var count = new DecoderCount(training.Bounds, first);
            Train(count, training, windows: 400);
            var best = Enumerable.Range(1, training.Bounds.Most).Min(training.Step);
            Assert.InRange(training.Step(count.Now), best, best * 1.1);
        });

    [Fact]
    public void Growth_that_does_not_make_the_training_faster_is_undone_and_seldom_tried_again()
    {
        // Two decoders take the cores from the step: a step takes as long as before, and waits all the same.
        var count = new DecoderCount(new DecoderBounds(1, 4, 1, 4), 1);
        var tried = new List<int>();
        for (var window = 0; window < 1000; window++)
        {
            count.Decoded(0.1);
            for (var i = 0; i < DecoderCount.WindowSteps; i++)
            {
                if (count.Stepped(waited: 0.4, computed: 0.6, pairs: 8) is { Decoders: 2 }) tried.Add(window);
            }
        }

        Assert.InRange(tried.Count, 5, 8);
        Assert.Equal(1, count.Now);
        for (var i = 2; i < tried.Count; i++) Assert.True(tried[i] - tried[i - 1] > tried[i - 1] - tried[i - 2]);
    }

    [Theory]
    [InlineData(2, 2, 0.3, 2)] // the steps leave 0.6 cores
    [InlineData(16, 16, 0.1, 3)] // 1.6
    [InlineData(16, 8, 0.1, 10)] // 8.8
    [InlineData(16, 16, 0.9, 16)] // 14.4
    [InlineData(16, 1, 0.5, 16)]
    public void On_shared_cores_it_grows_to_one_more_than_the_cores_that_the_steps_leave_over(
        int cores, int threads, double waits, int most)
    {
        var count = new DecoderCount(DecoderBounds.Of("cpu", threads, cores), 1);
        for (var window = 0; window < 100; window++)
        {
            count.Decoded(1);
            // Each decoder more makes the training faster.
            for (var i = 0; i < DecoderCount.WindowSteps; i++) count.Stepped(waits * 9 / count.Now, (1 - waits) * 9 / count.Now, pairs: 8);
        }

        Assert.Equal(most, count.Now);
    }

    [Fact]
    public void The_window_after_a_change_is_not_judged()
    {
        var count = new DecoderCount(new DecoderBounds(1, 8, 0, 10), 1);
        int[] numbers = [.. new[] { 0.9, 0.5, 0.5, 0, 0.5 }.Select(waits =>
        {
            count.Decoded(0.1);
            for (var i = 0; i < DecoderCount.WindowSteps; i++) count.Stepped(waits, 1 - waits, pairs: 8);
            return count.Now;
        })];
        Assert.Equal([1, 2, 2, 2, 3], numbers);
    }

    [Fact]
    public void Times_that_vary_at_random_make_the_number_change_seldom() =>
        Gen.Select(Gen.OneOf(OnCards, OnProcessors), Gen.Int[0, int.MaxValue]).Sample((training, seed) =>
        {
            var random = new Random(seed);
            var count = new DecoderCount(training.Bounds, training.Bounds.First);
            Train(count, training, windows: 100, random);
            // A pause between two attempts doubles from 8 windows to 512: about a dozen in 4,000 windows, each way, unless
            // luck shortens them. Without pauses there are several hundred.
            Assert.InRange(Train(count, training, windows: 4000, random), 0, 100 + training.Bounds.Most);
        });

    [Fact]
    public void Where_videos_become_costlier_or_cheaper_the_number_follows()
    {
        var training = new Training(DecoderBounds.Of("cuda", 0, 16), Computes: 0.2, Decodes: 0.01, Pairs: 32);
        var count = new DecoderCount(training.Bounds, training.Bounds.First);
        Train(count, training, windows: 100);
        Assert.InRange(count.Now, 2, 3);
        Train(count, training with { Decodes = 0.05 }, windows: 100);
        Assert.InRange(count.Now, 8, 13);
        Train(count, training, windows: 100);
        Assert.InRange(count.Now, 2, 3);
    }

    /// <summary>Trains for some windows. Returns how often the number changed.</summary>
    private static int Train(DecoderCount count, Training training, int windows, Random? random = null)
    {
        var changes = 0;
        for (var window = 0; window < windows; window++)
        {
            for (var seconds = 0.0; seconds < DecoderCount.WindowSeconds;)
            {
                // About eight steps in one, so that this takes no time.
                for (var i = 0; i < DecoderCount.WindowSteps; i++)
                {
                    var now = training with { Decodes = training.Decodes * (1 + (1.6 * ((random?.NextDouble() ?? 0.5) - 0.5))) };
                    var (step, waits) = (now.Step(count.Now), now.Waits(count.Now));
                    count.Decoded(now.Decodes);
                    if (count.Stepped(step * waits, step * (1 - waits), training.Pairs) is not null) changes++;
                    seconds += step;
                }
            }
        }

        return changes;
    }

    /// <summary>A training by arithmetic: a step lasts as long as what takes longest.</summary>
    /// <param name="Bounds">Limits of the number of decoders.</param>
    /// <param name="Computes">Seconds of a step that has the cores for itself.</param>
    /// <param name="Decodes">Seconds of decoding a pair on a core.</param>
    /// <param name="Pairs">Pairs of a step.</param>
    private sealed record Training(DecoderBounds Bounds, double Computes, double Decodes, int Pairs)
    {
        /// <summary>Decoders that keep up with the step.</summary>
        public double Needed => Decodes * Pairs / Computes;

        /// <summary>Seconds of a step.</summary>
        public double Step(int decoders) => Math.Max(
            Math.Max(Computes, Decodes * Pairs / decoders),
            ((Bounds.TrainingThreads * Computes) + (Bounds.TrainingThreads > 0 ? Decodes * Pairs : 0)) / Bounds.Cores);

        /// <summary>Share of it that it waits.</summary>
        public double Waits(int decoders) => Math.Max(0, ((Decodes * Pairs / decoders) - Computes) / Step(decoders));
    }
}
