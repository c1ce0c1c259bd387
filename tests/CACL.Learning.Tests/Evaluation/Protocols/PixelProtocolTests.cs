using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

/// <summary>The protocols that train nothing, on images each of which is of one class and its colour.</summary>
public sealed class PixelProtocolTests
{
    private readonly ToyDataSet _data = new(6);
    private readonly List<string> _notes = [];

    [Theory]
    [InlineData(1, 100_000, 120, 0.9)]
    [InlineData(20, 100_000, 120, 0.95)]
    [InlineData(5, 60, 60, 0.6)]
    public void Neighbours_tell_the_classes_apart_and_repeat_to_the_bit(int neighbours, int pixels, int most, double least)
    {
        var options = new NeighbourOptions { Neighbours = neighbours, TrainingPixels = pixels };
        var first = Scored(options);
        Assert.InRange(first.Scores().MeanIou, least, 1);
        Assert.Equal(first.Counts, Scored(options).Counts);
        var voters = int.Parse(_notes[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(voters, most * 3 / 4, most);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(7, 7)]
    public void Clusters_are_as_near_as_they_say_and_repeat_to_the_bit(int clusters, int found)
    {
        var first = Find(new ClusterOptions { Clusters = clusters });
        var again = Find(new ClusterOptions { Clusters = clusters });
        Assert.Equal(first.Centres, again.Centres);
        Assert.Equal((found, first.Inertia), (first.Count, again.Inertia));
        using var scope = NewDisposeScope();
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        var centres = first.Centres.Chunk(representation.Channels).ToArray();
        var distances = _data.Items("train").SelectMany(item =>
        {
            var features = representation.Features(ImageTensor.Of(_data.ReadImage(item), 0, CPU));
            var rows = features.permute(0, 2, 3, 1).reshape(-1, representation.Channels).data<float>().ToArray();
            return rows.Chunk(representation.Channels).Select(row => Nearest(row, centres));
        });
        Assert.Equal(distances.Average(), first.Inertia, 1e-5);
    }

    [Fact]
    public void Clusters_are_scored_by_the_classes_that_suit_them_best()
    {
        var counts = Counted(new ClusterOptions { Clusters = 7 });
        var labelled = _data.Items("val").Sum(i => _data.ReadLabels(i).Classes.Count(c => c != LabelMap.Ignored));
        Assert.Equal(labelled, counts.Counts.Sum());
        var most = Enumerable.Range(0, 7).Sum(k => Enumerable.Range(0, 3).Max(label => counts.Count(label, k)));
        var scores = ClusterAssignment.Of(counts, 3, 7).Apply(counts, 3).Scores();
        Assert.Equal((double)most / labelled, scores.Accuracy, 1e-9);
    }

    [Fact]
    public void Clusters_of_a_sample_learn_from_all_pixels_in_passes()
    {
        var (sample, passed, whole) = (Found(30, 0), Found(30, 2), Found(100_000, 0));
        // The centres' order is that of the seeds: by the nearest one of the whole.
        double Off(FoundClusters of) => Rows(of).Sum(c => Rows(whole).Min(w => c.Zip(w, (a, b) => (double)(a - b) * (a - b)).Sum()));
        Assert.True(Off(passed) < 0.5 * Off(sample), $"{Off(passed)} is not far below {Off(sample)}");

        FoundClusters Found(int pixels, int passes) => Find(new ClusterOptions { TrainingPixels = pixels, Passes = passes });
        static IEnumerable<float[]> Rows(FoundClusters of) => of.Centres.Chunk(of.Centres.Length / of.Count);
    }

    [Fact]
    public void Images_without_labels_have_no_neighbours()
    {
        var data = new ToyDataSet(2, ignored: 1);
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        var fault = Assert.Throws<EvaluationException>(() => NeighbourProtocol.Prepare(
            data, EvaluationSplit.Of(data, "train", 0, 1, 0), representation, new NeighbourOptions(), half: false, Context()));
        Assert.Contains("None of the 2 training images has a label", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_clusters_than_pixels_are_told()
    {
        var fault = Assert.Throws<EvaluationException>(() => Find(new ClusterOptions { TrainingPixels = 5, Clusters = 6 }));
        Assert.Contains("5 training pixels do not form 6 clusters", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_takes_the_same_share_of_each_image_its_labels_and_no_pixel_twice()
    {
        using var scope = NewDisposeScope();
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        var items = _data.Items("train");
        using var features = new FrozenFeatures(_data, items, representation, 0, new FeatureOptions(), Context());
        using var sample = PixelSample.Labelled(features, i => _data.ReadLabels(items[i]), 27, representation.Channels, Context());
        Assert.False(sample.IsWhole);
        Assert.Equal((27, 27), (sample.Count, sample.Classes!.Length));
        Assert.True(sample.Rows.square().sum(1).allclose(ones(27)));
        var drawn = 0;
        for (var image = 0; image < items.Count; image++)
        {
            var read = features.Read(image, mirrored: false);
            var (rows, labels) = (PixelSample.Normalised(read.Rows), _data.ReadLabels(items[image]));
            var seen = new HashSet<long>();
            for (var share = image % 2 == 0 ? 4 : 5; share > 0; share--, drawn++)
            {
                var cell = rows.sub(sample.Rows[drawn]).square().sum(1).argmin().item<long>();
                Assert.Equal(rows[cell].data<float>().ToArray(), sample.Rows[drawn].data<float>().ToArray());
                Assert.True(seen.Add(cell));
                var (y, x) = ((cell / read.Width) + 0.5, (cell % read.Width) + 0.5);
                var centre = (((int)(y * labels.Height / read.Height)) * labels.Width) + (int)(x * labels.Width / read.Width);
                Assert.Equal(labels.Classes[centre], sample.Classes[drawn]);
                Assert.NotEqual(LabelMap.Ignored, sample.Classes[drawn]);
            }
        }

        Assert.Equal(27, drawn);
    }

    private FoundClusters Find(ClusterOptions options)
    {
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        return ClusterProtocol.Find(
            _data, EvaluationSplit.Of(_data, "train", 0, 1, 0), representation, options, new FeatureOptions(), Context());
    }

    private ConfusionMatrix Counted(ClusterOptions options)
    {
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        var found = Find(options);
        using var predictor = new SegmentationPredictor(representation, found.Scorer(CPU), new TileOptions(), 0, CPU);
        return SegmentationScoring.Run(
            _data, EvaluationSplit.Of(_data, "val", 0, 1, 0), predictor, Context(), predictions: found.Count);
    }

    private static double Nearest(float[] row, float[][] centres)
    {
        var length = Math.Sqrt(row.Sum(v => (double)v * v));
        return centres.Min(c => c.Zip(row, (a, b) => (a - (b / length)) * (a - (b / length))).Sum());
    }

    private ConfusionMatrix Scored(NeighbourOptions options)
    {
        using var representation = Representation.Load(Representation.Random, null, 3, CPU);
        var scorer = NeighbourProtocol.Prepare(
            _data, EvaluationSplit.Of(_data, "train", 0, 1, 0), representation, options, half: false, Context());
        using var predictor = new SegmentationPredictor(representation, scorer, new TileOptions(), 0, CPU);
        return SegmentationScoring.Run(_data, EvaluationSplit.Of(_data, "val", 0, 1, 0), predictor, Context());
    }

    private EvaluationContext Context() => new() { Seed = 7, Device = CPU, Threads = 1, Note = _notes.Add };
}
