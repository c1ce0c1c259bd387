using CACL.Data.DataSets;
using CACL.Data.Sampling;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Training pixels, that is cells of the training images' feature maps, drawn without replacement by the seed alone. Every image has the
/// same share of the sample, which it fills with as many of its cells as it has.
/// </summary>
/// <param name="Rows">[pixels,C] float32, each of length 1, image by image; in no dispose scope.</param>
/// <param name="Classes">The class of each pixel, which is the label nearest to its cell's centre; null where labels were not asked
/// for.</param>
/// <param name="IsWhole">Whether these are all pixels of the training images that could be drawn.</param>
internal sealed record PixelSample(Tensor Rows, byte[]? Classes, bool IsWhole) : IDisposable
{
    /// <summary>Number of pixels.</summary>
    public int Count => (int)Rows.shape[0];

    /// <summary>Draws pixels of any label, without reading a label.</summary>
    /// <param name="features">The training images.</param>
    /// <param name="most">At most this many.</param>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="context">Seed, device, progress.</param>
    public static PixelSample Unlabelled(FrozenFeatures features, int most, int channels, EvaluationContext context) =>
        Draw(features, null, most, channels, context);

    /// <summary>Draws pixels among those that have a label.</summary>
    /// <param name="features">The training images.</param>
    /// <param name="labels">Returns an image's labels, in any size.</param>
    /// <param name="most">At most this many.</param>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="context">Seed, device, progress.</param>
    public static PixelSample Labelled(
        FrozenFeatures features, Func<int, LabelMap> labels, int most, int channels, EvaluationContext context) =>
        Draw(features, labels, most, channels, context);

    /// <summary>Returns vectors [n,C] divided by their length.</summary>
    public static Tensor Normalised(Tensor rows) => nn.functional.normalize(rows, p: 2, dim: 1);

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();

    private static PixelSample Draw(
        FrozenFeatures features, Func<int, LabelMap>? labels, int most, int channels, EvaluationContext context)
    {
        using var outer = NewDisposeScope();
        using var _ = no_grad();
        var buffer = empty([most, channels], float32, context.Device);
        var (drawn, classes, isWhole) = (0, new List<byte>(), true);
        for (var image = 0; image < features.Count; image++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var read = features.Read(image, mirrored: false);
            var map = labels is null ? null : ImageTensor.Resize(labels(image), read.Height, read.Width).Classes;
            long[] cells = [.. Cells(map, read.Height * read.Width)];
            var share = (int)(((image + 1L) * most / features.Count) - ((long)image * most / features.Count));
            if (cells.Length > share)
            {
                isWhole = false;
                var places = new CounterRandom(context.Seed, 0, image, 0, DrawPurpose.EvaluationPixels).Distinct(share, cells.Length);
                Array.Sort(places);
                cells = [.. places.Select(place => cells[place])];
            }

            if (cells.Length > 0)
            {
                var rows = read.Rows.index_select(0, tensor(cells, device: context.Device));
                buffer.narrow(0, drawn, cells.Length).copy_(Normalised(rows));
                if (map is not null) classes.AddRange(cells.Select(cell => map[cell]));
                drawn += cells.Length;
            }

            context.Progress(new EvaluationProgress("features", image + 1, features.Count));
        }

        return new PixelSample(
            buffer.narrow(0, 0, drawn).DetachFromDisposeScope(), labels is null ? null : [.. classes], isWhole);
    }

    private static IEnumerable<long> Cells(byte[]? labels, int count)
    {
        for (var cell = 0; cell < count; cell++)
        {
            if (labels is null || labels[cell] != LabelMap.Ignored) yield return cell;
        }
    }
}
