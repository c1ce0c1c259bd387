using System.Security.Cryptography;
using CACL.Data.Sampling;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Sampling;

public sealed class SamplePlannerTests
{
    private static readonly Gen<VideoShape[]> Videos =
        Gen.Select(Gen.Int[9, 400], Gen.Int[1, 700], Gen.Int[1, 700]).Array[1, 30].Select(shapes =>
            shapes.Select((shape, row) => new VideoShape(100 + row, shape.Item1, shape.Item2, shape.Item3)).ToArray());

    private static readonly Gen<SamplingOptions> Options =
        Gen.Select(Gen.ULong, Gen.OneOf(Gen.Const(0), Gen.Const(2), Gen.Const(4), Gen.Const(8)), Gen.Int[1, 28], Gen.Bool, Gen.Bool)
            .Select((seed, stride, side, shared, shuffle) =>
            new SamplingOptions
            {
                Seed = seed,
                Stride = stride,
                CropSize = 8 * side,
                SharedColourAugmentation = shared,
                SpatialRoll = shuffle,
                EnqueuePixels = Math.Min(16, side * side),
            });

    [Fact]
    public void Every_plan_keeps_within_its_video_and_the_methods_ranges() =>
        Gen.Select(Options, Videos, Gen.Int[0, 20], Gen.Int[0, 1000], Gen.Int[0, 40]).Sample((options, videos, epoch, place, attempt) =>
        {
            var plan = new SamplePlanner(options, videos).Plan(epoch, place % videos.Length, attempt);
            var video = videos.Single(video => video.Id == plan.VideoId);
            Assert.InRange(plan.Frame, 0, video.Frames - 1 - options.Stride);
            Assert.Equal(options.Stride, plan.Stride);
            Assert.True(plan.View.Box.X >= 0 && plan.View.Box.Y >= 0 && plan.View.Box.Width >= 1 && plan.View.Box.Height >= 1);
            Assert.InRange(plan.View.Box.X + plan.View.Box.Width, 1, video.Width);
            Assert.InRange(plan.View.Box.Y + plan.View.Box.Height, 1, video.Height);
            AssertView(plan.View, options);
            AssertView(plan.ViewPlus, options);
            Assert.Equal((plan.View.Box, plan.View.Flip), (plan.ViewPlus.Box, plan.ViewPlus.Flip));
            if (options.SharedColourAugmentation) Assert.Equal(plan.View.ColourAugmentation, plan.ViewPlus.ColourAugmentation);
            var cells = options.CropSize / 8 * (options.CropSize / 8);
            Assert.Equal(options.EnqueuePixels, plan.EnqueuePixels.Distinct().Count());
            Each.Holds(plan.EnqueuePixels, pixel => Assert.InRange(pixel, 0, cells - 1));
        });

    [Fact]
    public void The_plans_of_a_seed_are_those_of_every_release()
    {
        // A resumed run and `cacl explain` must draw what an earlier release drew.
        var planner = new SamplePlanner(new SamplingOptions { Seed = 7, CropSize = 64 }, Uniform(40));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var sample = 0; sample < 200; sample++)
        {
            foreach (var number in Numbers(planner.Plan(sample / 40, sample % 40, sample % 3)))
                hash.AppendData(BitConverter.GetBytes(number));
        }

        Assert.StartsWith(
            "c39f4e91b3c9228a68bd8376ce1df4786d3bbbc0aa010c02", Convert.ToHexStringLower(hash.GetCurrentHash()), StringComparison.Ordinal);

        static IEnumerable<double> Numbers(SamplePlan plan)
        {
            var (box, flip) = (plan.View.Box, plan.View.Flip);
            return
            [
                plan.VideoId, plan.Frame, plan.Stride, box.X, box.Y, box.Width, box.Height, flip ? 1 : 0, .. OfView(plan.View),
                .. OfView(plan.ViewPlus),
                .. plan.EnqueuePixels.Select(pixel => (double)pixel),
            ];
        }

        static IEnumerable<double> OfView(ViewPlan view)
        {
            var p = view.ColourAugmentation;
            return
            [
                p.Jitter ? 1 : 0, p.Brightness, p.Contrast, p.Saturation, p.Hue, p.Order.First, p.Order.Second, p.Order.Third,
                p.Order.Fourth,
                p.Gray ? 1 : 0, p.Blur ? 1 : 0, p.Sigma, view.RollY, view.RollX,
            ];
        }
    }

    [Fact]
    public void A_plan_does_not_depend_on_what_was_planned_before() =>
        Gen.Select(Options, Videos, Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000], Gen.Int[0, 5]).Array[1, 12])
            .Sample((options, videos, asked) =>
        {
            var keys = asked.Select(key => (Epoch: key.Item1, Position: key.Item2 % videos.Length, Attempt: key.Item3)).ToArray();
            var forwards = new SamplePlanner(options, videos);
            var backwards = new SamplePlanner(options, videos);
            var first = keys.Select(key => forwards.Plan(key.Epoch, key.Position, key.Attempt)).ToArray();
            var second = keys.Reverse().Select(key => backwards.Plan(key.Epoch, key.Position, key.Attempt)).Reverse().ToArray();
            for (var i = 0; i < keys.Length; i++) AssertSame(first[i], second[i]);
        });

    [Fact]
    public void Plans_made_by_several_threads_are_the_same()
    {
        var planner = new SamplePlanner(new SamplingOptions { Seed = 4 }, Uniform(50));
        var expected = Enumerable.Range(0, 400).Select(i => planner.Plan(i / 50, i % 50, 0)).ToArray();
        var together = new SamplePlanner(new SamplingOptions { Seed = 4 }, Uniform(50));
        var made = new SamplePlan[400];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => made[i] = together.Plan(i / 50, i % 50, 0));
        for (var i = 0; i < made.Length; i++) AssertSame(expected[i], made[i]);
    }

    [Fact]
    public void An_epoch_visits_every_video_once() => Gen.Select(Options, Videos, Gen.Int[0, 20]).Sample((options, videos, epoch) =>
    {
        var planner = new SamplePlanner(options, videos);
        var visited = Enumerable.Range(0, planner.Count).Select(position => planner.Plan(epoch, position, 0).VideoId);
        Assert.Equal(videos.Select(video => video.Id), visited.Order());
    });

    [Fact]
    public void Replacements_are_other_videos_until_all_were_tried() =>
        Gen.Select(Options, Videos, Gen.Int[0, 20], Gen.Int[0, 1000]).Sample((options, videos, epoch, place) =>
        {
            var planner = new SamplePlanner(options, videos);
            var tried = Enumerable.Range(0, videos.Length).Select(attempt => planner.Plan(epoch, place % videos.Length, attempt).VideoId);
            Assert.Equal(videos.Select(video => video.Id), tried.Order());
        });

    [Fact]
    public void Every_frame_that_has_a_partner_is_equally_likely()
    {
        var planner = new SamplePlanner(new SamplingOptions { Seed = 2 }, [new VideoShape(1, 28, 340, 256)]);
        var seen = new int[20];
        for (var epoch = 0; epoch < 20_000; epoch++) seen[planner.Plan(epoch, 0, 0).Frame]++;
        ChiSquare.AssertUniform(seen);
    }

    [Fact]
    public void Crops_cover_uniform_shares_of_a_square_frame_and_centred_aspects()
    {
        var planner = new SamplePlanner(new SamplingOptions { Seed = 2, CropAreaMax = 0.7 }, [new VideoShape(1, 28, 2000, 2000)]);
        var shares = new int[10];
        var wide = new int[2];
        for (var epoch = 0; epoch < 10_000; epoch++)
        {
            var box = planner.Plan(epoch, 0, 0).View.Box;
            var share = (double)box.Width * box.Height / (2000 * 2000);
            shares[Math.Clamp((int)((share - 0.2) / 0.05), 0, 9)]++;
            wide[box.Width > box.Height ? 1 : 0]++;
        }

        // Below a share of 3/4 every aspect ratio of the range fits into a square, so no attempt is rejected.
        ChiSquare.AssertUniform(shares);
        ChiSquare.AssertUniform(wide);
    }

    [Theory]
    [InlineData(2000, 10, 995, 0)]
    [InlineData(10, 2000, 0, 995)]
    public void A_frame_that_no_aspect_fits_is_cropped_to_its_central_square(int width, int height, int x, int y)
    {
        var options = new SamplingOptions { Seed = 1, CropAreaMin = 0.9 };
        var plan = new SamplePlanner(options, [new VideoShape(1, 20, width, height)]).Plan(0, 0, 0);
        Assert.Equal(new CropBox(x, y, 10, 10), plan.View.Box);
    }

    [Fact]
    public void The_two_views_are_rolled_and_coloured_independently()
    {
        var planner = new SamplePlanner(new SamplingOptions { Seed = 1, CropSize = 64 }, Uniform(2000));
        var rollPairs = new int[64];
        var flips = 0;
        for (var position = 0; position < 2000; position++)
        {
            var plan = planner.Plan(0, position, 0);
            rollPairs[(plan.View.RollY / 8 * 8) + (plan.ViewPlus.RollY / 8)]++;
            Assert.NotEqual(plan.View.ColourAugmentation, plan.ViewPlus.ColourAugmentation);
            flips += plan.View.Flip ? 1 : 0;
        }

        ChiSquare.AssertUniform(rollPairs);
        Assert.InRange(flips, 850, 1150);
    }

    [Fact]
    public void Separate_views_have_boxes_and_flips_of_their_own_and_the_first_is_what_it_was()
    {
        var matched = new SamplePlanner(new SamplingOptions { Seed = 2, CropAreaMin = 0.08 }, Uniform(2000));
        var separate = new SamplePlanner(new SamplingOptions { Seed = 2, CropAreaMin = 0.08, SeparateViews = true }, Uniform(2000));
        var flips = new int[4];
        var sameBox = 0;
        for (var position = 0; position < 2000; position++)
        {
            var (one, other) = (matched.Plan(0, position, 0), separate.Plan(0, position, 0));
            AssertSame(one, other with { ViewPlus = one.ViewPlus });
            Assert.Equal(one.ViewPlus, other.ViewPlus with { Box = one.ViewPlus.Box, Flip = one.ViewPlus.Flip });
            flips[(other.View.Flip ? 2 : 0) + (other.ViewPlus.Flip ? 1 : 0)]++;
            if (other.View.Box == other.ViewPlus.Box) sameBox++;
            Assert.InRange(other.ViewPlus.Box.X + other.ViewPlus.Box.Width, 1, 340);
            Assert.InRange(other.ViewPlus.Box.Y + other.ViewPlus.Box.Height, 1, 256);
        }

        ChiSquare.AssertUniform(flips);
        Assert.InRange(sameBox, 0, 20);
    }

    [Fact]
    public void Colours_are_drawn_from_the_ranges_of_their_view()
    {
        var first = new ColourRanges
        {
            JitterProbability = 1,
            Brightness = 0.8,
            Contrast = 0.1,
            Saturation = 1.5,
            Hue = 0.2,
            GrayProbability = 0,
            BlurProbability = 1,
            SigmaMin = 0.5,
            SigmaMax = 0.6,
        };
        var second = first with { BlurProbability = 0.1, SolariseProbability = 0.2 };
        var planner = new SamplePlanner(new SamplingOptions { Seed = 3, Colours = first, ColoursPlus = second }, Uniform(2000));
        var plans = Enumerable.Range(0, 2000).Select(position => planner.Plan(0, position, 0)).ToList();
        Each.Holds(plans.Select(plan => plan.View.ColourAugmentation), colours =>
        {
            Assert.True(colours is { Jitter: true, Gray: false, Blur: true, Solarise: false });
            Assert.InRange(colours.Brightness, 0.2f, 1.8f);
            Assert.InRange(colours.Contrast, 0.9f, 1.1f);
            Assert.InRange(colours.Saturation, 0f, 2.5f); // a factor is not negative
            Assert.InRange(colours.Hue, -0.2f, 0.2f);
            Assert.InRange(colours.Sigma, 0.5f, 0.6f);
        });
        Assert.InRange(plans.Count(plan => plan.ViewPlus.ColourAugmentation.Blur), 140, 260);
        Assert.InRange(plans.Count(plan => plan.ViewPlus.ColourAugmentation.Solarise), 320, 480);
        Assert.True(plans.Max(plan => plan.View.ColourAugmentation.Brightness) > 1.7);
    }

    [Fact]
    public void Switching_pixel_shuffle_off_changes_nothing_but_the_rolls()
    {
        var on = new SamplePlanner(new SamplingOptions { Seed = 6 }, Uniform(30)).Plan(1, 5, 0);
        var off = new SamplePlanner(new SamplingOptions { Seed = 6, SpatialRoll = false }, Uniform(30)).Plan(1, 5, 0);
        Assert.Equal((0, 0, 0, 0), (off.View.RollY, off.View.RollX, off.ViewPlus.RollY, off.ViewPlus.RollX));
        AssertSame(on with { View = on.View with { RollY = 0, RollX = 0 }, ViewPlus = on.ViewPlus with { RollY = 0, RollX = 0 } }, off);
    }

    [Fact]
    public void A_video_too_short_for_the_stride_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => new SamplePlanner(new SamplingOptions(), [new VideoShape(42, 8, 64, 64)]));
        Assert.Contains("Video 42 has 8 frames; stride 8 needs at least 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_still_is_a_pair_at_stride_zero()
    {
        var plan = new SamplePlanner(new SamplingOptions { Stride = 0 }, [new VideoShape(1, 1, 64, 64)]).Plan(0, 0, 0);
        Assert.Equal((0, 0), (plan.Frame, plan.Stride));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        static void Refused(SamplingOptions options) => Assert.Throws<ArgumentException>(() => new SamplePlanner(options, Uniform(3)));
        Refused(new SamplingOptions { CropSize = 100 });
        Refused(new SamplingOptions { CropSize = 0 });
        Refused(new SamplingOptions { Stride = -1 });
        Refused(new SamplingOptions { CropAreaMin = 0 });
        Refused(new SamplingOptions { CropAreaMin = 0.5, CropAreaMax = 0.4 });
        Refused(new SamplingOptions { CropAreaMax = double.NaN });
        Refused(new SamplingOptions { FlipProbability = 1.5 });
        Refused(new SamplingOptions { CropSize = 8, EnqueuePixels = 2 });
        Assert.Throws<ArgumentException>(() => new SamplePlanner(new SamplingOptions(), []));
    }

    [Fact]
    public void Later_visits_are_the_plans_by_which_the_next_epochs_visit_the_same_video()
    {
        var planner = new SamplePlanner(new SamplingOptions { Seed = 9 }, Uniform(23), epochsAhead: 3);
        for (var position = 0; position < planner.Count; position++)
        {
            var plan = planner.Plan(4, position, 0);
            SamplePlan[] later = [.. planner.LaterVisits(4, position, 3)];
            Assert.Equal([5, 6, 7], later.Select(visit => visit.Epoch));
            Each.Holds(later, visit =>
            {
                Assert.Equal((plan.VideoId, 0), (visit.VideoId, visit.Attempt));
                AssertSame(planner.Plan(visit.Epoch, visit.Position, 0), visit);
            });
        }
    }

    private static VideoShape[] Uniform(int count) => [.. Enumerable.Range(1, count).Select(id => new VideoShape(id, 100, 340, 256))];

    private static void AssertView(ViewPlan view, SamplingOptions options)
    {
        foreach (var roll in (int[])[view.RollY, view.RollX])
        {
            Assert.Equal(0, roll % 8);
            Assert.InRange(roll, 0, options.SpatialRoll ? options.CropSize - 8 : 0);
        }

        var colours = view.ColourAugmentation;
        foreach (var factor in (float[])[colours.Brightness, colours.Contrast, colours.Saturation]) Assert.InRange(factor, 0.6f, 1.4f);
        Assert.InRange(colours.Hue, -0.1f, 0.1f);
        Assert.InRange(colours.Sigma, 0.1f, 2f);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(place => (int)colours.Order[place]).Order());
    }

    private static void AssertSame(SamplePlan a, SamplePlan b)
    {
        Assert.Equal(a.EnqueuePixels, b.EnqueuePixels);
        // Records compare arrays by reference, so both get the same one.
        Assert.Equal(a, b with { EnqueuePixels = a.EnqueuePixels });
    }
}
