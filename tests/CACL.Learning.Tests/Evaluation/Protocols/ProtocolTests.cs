using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Tests.Weights;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class ProtocolTests : IDisposable
{
    private static readonly LinearOptions Few = new() { Epochs = 6, BatchSize = 2, LearningRate = 0.05, Standardise = true };

    private readonly TemporaryFolder _folder = new();
    private readonly ToyDataSet _data = new(5);
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_run_gives_the_same_bits_with_any_number_of_threads_of_its_own()
    {
        var one = Linear(Few);
        AssertSame(one, Linear(Few));
        AssertSame(one, Linear(Few, threads: 3));
        Assert.NotEqual(one.Weight, Linear(Few, seed: 8).Weight);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_features_are_kept_changes_no_bit(bool half)
    {
        var memory = Linear(Few, new FeatureOptions { Storage = FeatureStorage.Memory, Half = half });
        AssertSame(memory, Linear(Few, new FeatureOptions { Storage = FeatureStorage.Disk, Folder = _folder.Path, Half = half }));
        AssertSame(
            memory, Linear(Few, new FeatureOptions { MemoryBytes = 90_000, DiskBytes = 90_000, Folder = _folder.Path, Half = half }));
        Assert.Contains("are computed each time", _notes[^1], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void On_a_full_disk_what_does_not_fit_is_computed_each_time()
    {
        using var disk = new SmallDisk("128k");
        AssertSame(Linear(Few), Linear(Few, new FeatureOptions { Storage = FeatureStorage.Disk, Folder = disk.Path }));
        Assert.Matches(
            "The features of [1-4] of 10 images and mirror images are kept .0 in memory, [1-4] on disk.; the others are computed each time",
            _notes[^1]);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    [Fact]
    public void Half_precision_changes_little()
    {
        var (single, half) = (Linear(Few), Linear(Few, new FeatureOptions { Half = true }));
        Assert.NotEqual(single.Weight, half.Weight);
        Assert.Equal(single.FinalLoss, half.FinalLoss, 0.01);
    }

    [Fact]
    public void What_can_be_separated_is_separated()
    {
        using var representation = Load();
        var split = EvaluationSplit.Of(_data, "train", 0, 1, 0);
        var trained = LinearProtocol.Train(_data, split, representation, Few with { Epochs = 30 }, new FeatureOptions(), Context());
        using var predictor = new SegmentationPredictor(representation, trained.Weight, trained.Bias, new TileOptions(), 0, CPU);
        var scores = SegmentationScoring.Run(_data, EvaluationSplit.Of(_data, "val", 0, 1, 0), predictor, Context()).Scores();
        Assert.Equal(1.0, scores.MeanIou);
    }

    [Fact]
    public void A_classifier_that_diverges_is_told_with_the_setting()
    {
        var fault = Assert.Throws<ClassifierDivergedException>(() => Linear(Few with { LearningRate = 1e38, Section = "cacl.evaluation.quick" }));
        Assert.Contains("cacl.evaluation.quick.learning-rate", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_did_not_learn_is_told_from_one_that_did()
    {
        Assert.False(Linear(Few).KnowsNothing);
        Assert.True(Linear(Few with { Epochs = 1, LearningRate = 50 }).KnowsNothing);
    }

    [Fact]
    public void The_limited_protocol_learns_its_one_image_and_repeats_to_the_bit()
    {
        var data = new ToyDataSet(2, 32, 32);
        var split = EvaluationSplit.Of(data, "train", 0, 0.01, 0);
        Assert.Single(split.Items);
        var options = new LimitedOptions { Epochs = 12, LearningRate = 0.02, CropSize = 32 };
        TrainedClassifier Run(out double accuracy)
        {
            using var representation = Representation.Load(Representation.Random, null, 3, CPU, trainable: true);
            var trained = LimitedProtocol.Train(data, split, representation, options, Context());
            using var predictor = new SegmentationPredictor(representation, trained.Weight, trained.Bias, new TileOptions(), 0, CPU);
            accuracy = SegmentationScoring.Run(data, split, predictor, Context()).Scores().Accuracy;
            return trained;
        }

        var first = Run(out var accuracy);
        Assert.Equal(1.0, accuracy);
        Assert.InRange(first.FinalLoss, 0, 0.5);
        AssertSame(first, Run(out _));
    }

    [Fact]
    public void Tiles_that_hold_the_whole_image_predict_as_the_whole_does()
    {
        using var representation = Load();
        var trained = Linear(Few);
        var image = _data.ReadImage(_data.Items("val")[0]);
        using var whole = new SegmentationPredictor(representation, trained.Weight, trained.Bias, new TileOptions(4096, 0), 0, CPU);
        using var tiled = new SegmentationPredictor(representation, trained.Weight, trained.Bias, new TileOptions(40, 32), 0, CPU);
        using var small = new SegmentationPredictor(representation, trained.Weight, trained.Bias, new TileOptions(16, 8), 0, CPU);
        Assert.Equal(whole.Predict(image).Classes, tiled.Predict(image).Classes);
        Assert.Equal(image.Width * image.Height, small.Predict(image).Classes.Length);
    }

    [Fact]
    public void An_evaluation_that_is_stopped_stops()
    {
        using var stop = new CancellationTokenSource();
        using var representation = Load();
        var context = Context() with { Cancel = stop.Token, Progress = _ => stop.Cancel() };
        Assert.Throws<OperationCanceledException>(() =>
            LinearProtocol.Train(_data, EvaluationSplit.Of(_data, "train", 0, 1, 0), representation, Few, new FeatureOptions(), context));
    }

    [Fact]
    public void A_classifiers_file_gives_back_what_was_written()
    {
        var trained = Linear(Few);
        var written = new LinearClassifierFile(
            CACL.Learning.Networks.Backbone.ResNet18, _data.Classes, trained.Weight, trained.Bias, "toy", "abc");
        var path = _folder.File("classifier.safetensors");
        written.Write(path);
        var read = LinearClassifierFile.Read(path);
        Assert.Equal(written.Weight, read.Weight);
        Assert.Equal(written.Bias, read.Bias);
        Assert.Equal(written.Classes, read.Classes);
        Assert.Equal((written.Backbone, "toy", "abc"), (read.Backbone, read.DataSet, read.CheckpointSha256));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
        SafeTensorsWriter.Write(path, []);
        Assert.Contains(
            "not a linear classifier", Assert.Throws<SafeTensorsException>(() => LinearClassifierFile.Read(path)).Message,
            StringComparison.Ordinal);
    }

    private static Representation Load() => Representation.Load(Representation.Random, null, 3, CPU);

    private static void AssertSame(TrainedClassifier one, TrainedClassifier other)
    {
        Assert.Equal(one.Weight, other.Weight);
        Assert.Equal(one.Bias, other.Bias);
        Assert.Equal(one.FinalLoss, other.FinalLoss);
    }

    private TrainedClassifier Linear(LinearOptions options, FeatureOptions? features = null, int threads = 1, ulong seed = 7)
    {
        using var representation = Load();
        return LinearProtocol.Train(
            _data, EvaluationSplit.Of(_data, "train", 0, 1, 0), representation, options, features ?? new FeatureOptions(),
            Context() with { Threads = threads, Seed = seed });
    }

    private EvaluationContext Context() => new() { Seed = 7, Device = CPU, Threads = 1, Note = _notes.Add };
}
