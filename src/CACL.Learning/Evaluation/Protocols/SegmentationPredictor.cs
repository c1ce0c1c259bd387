using CACL.Data.DataSets;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Predicts the classes of an image's pixels with a backbone in evaluation mode and a scorer of its feature map's cells, whose scores are
/// upsampled bilinearly. Images whose longest side exceeds the tile size go through in tiles: each pixel gets its class from the tile in
/// which it lies farthest from a border, so two tiles meet in the middle of their overlap. Owns the scorer; used by one thread.
/// </summary>
public sealed class SegmentationPredictor : IDisposable
{
    private readonly Representation _representation;
    private readonly IReadOnlyList<IPixelScorer> _scorers;
    private readonly TileOptions _tiles;
    private readonly int _imageSize;
    private readonly Device _device;

    /// <summary>Creates a predictor from a backbone, which stays the caller's, and a linear classifier.</summary>
    /// <param name="representation">The backbone.</param>
    /// <param name="weight">classes × C, row-major.</param>
    /// <param name="bias">One for each class.</param>
    /// <param name="tiles">How large images are tiled.</param>
    /// <param name="imageSize">Longest side to which images are downscaled first, 0: as they are; at most the tile size.</param>
    /// <param name="device">The backbone's device.</param>
    public SegmentationPredictor(
        Representation representation, float[] weight, float[] bias, TileOptions tiles, int imageSize, Device device)
        : this(representation, new LinearScorer(weight, bias, device), tiles, imageSize, device)
    {
    }

    /// <summary>Creates a predictor from a backbone, which stays the caller's, and a scorer, which does not.</summary>
    /// <param name="representation">The backbone.</param>
    /// <param name="scorer">Scores the cells of its feature maps; at most 256 classes.</param>
    /// <param name="tiles">How large images are tiled.</param>
    /// <param name="imageSize">Longest side to which images are downscaled first, 0: as they are; at most the tile size.</param>
    /// <param name="device">The backbone's device.</param>
    public SegmentationPredictor(
        Representation representation, IPixelScorer scorer, TileOptions tiles, int imageSize, Device device)
        : this(representation, [scorer], tiles, imageSize, device)
    {
    }

    /// <summary>Creates a predictor from a backbone, which stays the caller's, and scorers that share a pass of it, which do not.</summary>
    /// <param name="representation">The backbone.</param>
    /// <param name="scorers">At least one; each gives a prediction of its own.</param>
    /// <param name="tiles">How large images are tiled.</param>
    /// <param name="imageSize">Longest side to which images are downscaled first, 0: as they are; at most the tile size.</param>
    /// <param name="device">The backbone's device.</param>
    public SegmentationPredictor(
        Representation representation, IReadOnlyList<IPixelScorer> scorers, TileOptions tiles, int imageSize, Device device)
    {
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(scorers);
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageSize, tiles.Size);
        (_representation, _scorers, _tiles, _imageSize, _device) = (representation, scorers, tiles, imageSize, device);
    }

    /// <summary>Returns the classes of an image's pixels, in the image's size.</summary>
    public LabelMap Predict(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        return new LabelMap(image.Width, image.Height, PredictTensor(image).cpu().data<byte>().ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var scorer in _scorers) scorer.Dispose();
    }

    /// <summary>Returns [H,W] bytes in the image's size, in the caller's dispose scope: the first scorer's prediction.</summary>
    internal Tensor PredictTensor(RgbImage image) => PredictTensors(image)[0];

    /// <summary>Returns every scorer's prediction as <see cref="PredictTensor"/> does.</summary>
    internal Tensor[] PredictTensors(RgbImage image)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = ImageTensor.Of(image, _imageSize, _device);
        if (x.shape[2] <= _tiles.Size && x.shape[3] <= _tiles.Size) return Kept(Classes(x, image.Height, image.Width));
        var classes = Enumerable.Range(0, _scorers.Count).Select(scorer => empty([image.Height, image.Width], uint8, _device)).ToArray();
        foreach (var rows in Tiling.Along(image.Height, _tiles))
        {
            foreach (var columns in Tiling.Along(image.Width, _tiles))
            {
                using var inner = NewDisposeScope();
                var tiles = Classes(
                    x.narrow(2, rows.Start, rows.Length).narrow(3, columns.Start, columns.Length), rows.Length, columns.Length);
                foreach (var (whole, tile) in classes.Zip(tiles))
                {
                    whole.narrow(0, rows.From, rows.To - rows.From).narrow(1, columns.From, columns.To - columns.From)
                        .copy_(tile.narrow(0, rows.From - rows.Start, rows.To - rows.From).narrow(
                            1, columns.From - columns.Start, columns.To - columns.From));
                }
            }
        }

        return Kept(classes);
    }

    private Tensor[] Classes(Tensor x, int height, int width)
    {
        using var scope = NewDisposeScope();
        var features = _representation.Features(x);
        return Kept([.. _scorers.Select(scorer => Highest(scorer.Scores(features), height, width))]);
    }

    private static Tensor Highest(Tensor scores, int height, int width)
    {
        using var scope = NewDisposeScope();
        return Segmentation.Upsample(scores.contiguous(), height, width).argmax(1).squeeze(0).to(uint8).MoveToOuterDisposeScope();
    }

    private static Tensor[] Kept(Tensor[] tensors)
    {
        foreach (var kept in tensors) kept.MoveToOuterDisposeScope();
        return tensors;
    }
}
