using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Testing;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class LearningRateSweepTests
{
    private static readonly LinearOptions Few = new() { Epochs = 6, BatchSize = 2, LearningRate = 0.05, Standardise = true };

    private readonly ToyDataSet _data = new(5);
    private readonly List<string> _notes = [];
    private readonly List<EvaluationProgress> _progress = [];

    [Fact]
    public void Each_rate_has_the_classifier_that_the_protocol_trains_with_it_to_the_bit()
    {
        var swept = Sweep([0.001, 0.05, 0.4], 0.4);
        Assert.Equal([0.001, 0.05, 0.4], swept.Select(s => s.Rate));
        // Each image and each mirror image that is seen goes through the backbone once, for six classifiers.
        var computed = _progress.Where(p => p.Phase == "features").ToArray();
        Assert.Equal((computed.Length, computed[^1].Total), ((int)computed[^1].Done, (long)computed.Length));
        Assert.InRange(computed.Length, 5, 10);
        Assert.Contains(_progress, p => p is { Phase: "rate 0.001, without held-out", Done: 12, Total: 12 });
        foreach (var (rate, classifier, heldOut) in swept)
        {
            using var representation = Load();
            var alone = LinearProtocol.Train(
                _data, Train, representation, Few with { LearningRate = rate }, new FeatureOptions(), Context());
            Assert.Equal(alone.Weight, classifier!.Weight);
            Assert.Equal(alone.Bias, classifier.Bias);
            Assert.Equal(alone.FinalLoss, classifier.FinalLoss);
            Assert.Equal(2, heldOut!.Images);
        }
    }

    [Fact]
    public void Held_out_images_teach_the_classifier_that_they_test_nothing()
    {
        // The labels of the held-out images are others in one of the two data sets.
        var data = new ToyDataSet(12);
        var heldOut = LearningRateSweep.HeldOut(12, 0.25, seed: 7);
        Assert.Equal(3, heldOut.Count);
        var (sound, turned) = (Scores(data), Scores(new TurnedLabels(data, heldOut)));
        Assert.Equal(1.0, sound.Accuracy);
        Assert.Equal(0.0, turned.Accuracy);

        SegmentationScores Scores(ISegmentationDataSet from)
        {
            using var representation = Load();
            return LearningRateSweep.Train(
                from, EvaluationSplit.Of(from, "train", 0, 1, 0), representation, Few with { Epochs = 30 }, [0.05], 0.25,
                new FeatureOptions(), Context())[0].HeldOut!.Scores();
        }
    }

    [Fact]
    public void A_rate_that_is_too_high_is_told_and_leaves_the_others_alone()
    {
        var swept = Sweep([0.05, 1e38], 0.2);
        Assert.NotNull(swept[0].Classifier);
        Assert.Equal((null, null), (swept[1].Classifier, swept[1].HeldOut));
        Assert.Contains("With a learning rate of 1E+38 the classifier diverged.", _notes);
        Assert.Equal(0, LearningRateSweep.Best(swept));
        var fault = Assert.Throws<EvaluationException>(() => Sweep([1e37, 1e38], 0.2));
        Assert.Contains("every learning rate of the sweep (1E+37, 1E+38). Name lower ones", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_is_the_lowest_of_the_rates_with_the_highest_score_on_held_out_images()
    {
        Assert.Equal(1, LearningRateSweep.Best([Rate(0.1, 40), Rate(0.2, 60), Rate(0.3, 60), Rate(0.4, null)]));
        Assert.Null(LearningRateSweep.Best([Rate(0.1, null)]));
        // Held-out images without a labelled pixel say nothing.
        Assert.Null(LearningRateSweep.Best([new SweptRate(0.1, null, Counts([0, 0, 0, 0]))]));

        static SweptRate Rate(double rate, long? right) =>
            new(rate, null, right is { } r ? Counts([r, 100 - r, 0, 100]) : null);

        static ImageCounts Counts(long[] image)
        {
            var counts = new ImageCounts(2);
            counts.Add(image);
            return counts;
        }
    }

    [Fact]
    public void The_grid_around_a_rate_ascends_and_holds_it()
    {
        Assert.Equal([0.006, 0.018, 0.06, 0.18, 0.6, 1.8, 6], LearningRateSweep.Around(0.6));
        Gen.Double[1e-30, 1000].Sample(rate =>
        {
            var grid = LearningRateSweep.Around(rate);
            Assert.Equal(grid.Order().Distinct(), grid);
            Assert.Contains(grid, r => Math.Abs(r - rate) <= 1e-11 * rate);
        });
    }

    [Fact]
    public void Some_images_are_held_out_but_never_all() =>
        Gen.Select(Gen.Int[1, 300], Gen.Double[0.001, 0.999], Gen.ULong).Sample((images, share, seed) =>
        {
            var heldOut = LearningRateSweep.HeldOut(images, share, seed);
            Assert.Equal(heldOut.Order().Distinct(), heldOut);
            Each.Holds(heldOut.Append(0), image => Assert.InRange(image, 0, images - 1));
            if (images == 1) Assert.Empty(heldOut);
            else Assert.InRange(heldOut.Count, 1, images - 1);
            if (images > 1) Assert.InRange(heldOut.Count - (share * images), -1, 1);
            Assert.Equal(heldOut, LearningRateSweep.HeldOut(images, share, seed));
            Assert.Empty(LearningRateSweep.HeldOut(images, 0, seed));
        });

    [Fact]
    public void Several_classifiers_of_one_pass_predict_what_each_predicts_alone()
    {
        using var representation = Load();
        var swept = Sweep([0.001, 0.05], 0);
        Each.Holds(swept, s => Assert.Null(s.HeldOut));
        var test = EvaluationSplit.Of(_data, "val", 0, 1, 0);
        foreach (var tiles in new[] { new TileOptions(), new TileOptions(16, 8) })
        {
            using var together = new SegmentationPredictor(
                representation, [.. swept.Select(s => new LinearScorer(s.Classifier!.Weight, s.Classifier.Bias, CPU))], tiles, 0, CPU);
            ImageCounts[] images = [new ImageCounts(3), new ImageCounts(3)];
            SegmentationScoring.RunAll(_data, test, together, Context(), images, shown: 1);
            for (var i = 0; i < 2; i++)
            {
                using var alone = new SegmentationPredictor(
                    representation, swept[i].Classifier!.Weight, swept[i].Classifier!.Bias, tiles, 0, CPU);
                var expected = SegmentationScoring.Run(_data, test, alone, Context()).Scores();
                Assert.Equal(expected.Iou, images[i].Scores().Iou);
                Assert.Equal(expected.Accuracy, images[i].Scores().Accuracy);
            }
        }
    }

    private EvaluationSplit Train => EvaluationSplit.Of(_data, "train", 0, 1, 0);

    private IReadOnlyList<SweptRate> Sweep(double[] rates, double heldOut)
    {
        using var representation = Load();
        return LearningRateSweep.Train(_data, Train, representation, Few, rates, heldOut, new FeatureOptions(), Context());
    }

    private EvaluationContext Context() => new()
    {
        Seed = 7,
        Device = CPU,
        Threads = 1,
        Note = _notes.Add,
        Progress = _progress.Add,
    };

    private static Representation Load() => Representation.Load(Representation.Random, null, 3, CPU);

    /// <summary>A data set whose labels of some training images are those of the next class.</summary>
    private sealed class TurnedLabels(ISegmentationDataSet data, IReadOnlyList<int> images) : ISegmentationDataSet
    {
        public DataSetKind Kind => data.Kind;

        public string Root => data.Root;

        public IReadOnlyList<ClassInfo> Classes => data.Classes;

        public IReadOnlyList<string> Splits => data.Splits;

        public string DefaultTrainSplit => data.DefaultTrainSplit;

        public string DefaultTestSplit => data.DefaultTestSplit;

        public IReadOnlyList<SegmentationItem> Items(string split) => data.Items(split);

        public RgbImage ReadImage(SegmentationItem item) => data.ReadImage(item);

        public LabelMap ReadLabels(SegmentationItem item)
        {
            var labels = data.ReadLabels(item);
            if (images.All(i => data.Items("train")[i] != item)) return labels;
            return new LabelMap(
                labels.Width, labels.Height,
                [.. labels.Classes.Select(c => c == LabelMap.Ignored ? c : (byte)((c + 1) % Classes.Count))]);
        }

        public (RgbImage Image, LabelMap Labels) ReadPair(SegmentationItem item) => (ReadImage(item), ReadLabels(item));
    }
}
