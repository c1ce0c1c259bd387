using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Losses;
using CACL.Learning.Networks;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Similarity;

/// <summary>
/// A network that tells which pixels of a second frame resemble a pixel of a first one (the paper's Figure 3), by the cosines of the
/// vectors that each head, and the backbone itself, gives their positions. In evaluation mode, without a roll. Owns its weights; used by
/// one thread.
/// </summary>
public sealed class SimilarityModel : IDisposable
{
    private readonly NetworkWeights _weights;
    private readonly ResNet _backbone;
    private readonly Device _device;

    /// <summary>Creates a model that takes over the given weights.</summary>
    /// <param name="weights">A backbone, and the heads by which to compare.</param>
    /// <param name="padding">Padding with which it was trained.</param>
    /// <param name="device">Where the weights lie.</param>
    public SimilarityModel(NetworkWeights weights, Padding padding, Device device)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (_weights, _device) = (weights, device);
        _backbone = new ResNet(weights, padding);
        Views = [null, .. weights.Heads.Where(head => head.Input is null)];
    }

    /// <summary>The vectors by which pixels are compared: those of the backbone itself (null), then those of each head.</summary>
    public IReadOnlyList<HeadSpec?> Views { get; }

    /// <summary>Loads a network with all heads that its file contains.</summary>
    /// <param name="file">See <see cref="BackboneFile.Find"/>.</param>
    /// <param name="device">Device of the computation.</param>
    /// <exception cref="WeightsException">The file does not contain a complete network.</exception>
    public static SimilarityModel Load(BackboneFile file, Device device)
    {
        ArgumentNullException.ThrowIfNull(file);
        var weights = new NetworkWeights(file.Backbone, file.Heads, device);
        try
        {
            var read = WeightsFile.LoadInitial(file.File, weights.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape));
            foreach (var tensor in read.Tensors) weights.Write(tensor.Name, tensor.Values);
            return new SimilarityModel(weights, file.Padding, device);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Compares pixels of one frame with every position of another of the same size.</summary>
    /// <param name="first">The frame in which the pixels are.</param>
    /// <param name="second">The frame to search.</param>
    /// <param name="pixels">Columns and rows of the pixels in the first frame.</param>
    /// <returns>For each of <see cref="Views"/>, a map for each pixel.</returns>
    public IReadOnlyList<IReadOnlyList<SimilarityMap>> Compare(RgbImage first, RgbImage second, IReadOnlyList<(int X, int Y)> pixels)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(pixels);
        if ((first.Width, first.Height) != (second.Width, second.Height))
            throw new ArgumentException("The two frames differ in size.", nameof(second));
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // The frames go through one after the other: both at once would take twice the memory, and a frame may be large.
        var (here, width, height) = Rows(first);
        var (there, _, _) = Rows(second);
        var places = pixels
            .Select(pixel => ((long)SimilarityMap.PositionOf(
                pixel.Y, first.Height, height) * width) + SimilarityMap.PositionOf(pixel.X, first.Width, width))
            .ToArray();
        var targets = here.index_select(0, tensor(places, int64).to(_device));
        return [.. Views.Select(view => Compare(Vectors(targets, view), Vectors(there, view), width, height))];
    }

    /// <summary>
    /// Measures how far apart a picture's positions are under each head: 1 − the mean cosine of two of them, mean over the pictures. A head
    /// for which <see cref="Methods.Collapse.Is"/> holds cannot tell pixels apart.
    /// </summary>
    /// <param name="pictures">The pictures, one or more, of any size.</param>
    /// <param name="longest">Longest side that the network sees; 0: any.</param>
    public IReadOnlyList<HeadSpread> Spreads(IEnumerable<RgbImage> pictures, int longest)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var sums = new double[Views.Count - 1];
        var count = 0;
        foreach (var picture in pictures)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var (rows, _, _) = Rows(picture, longest);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += Spread.Of([Vectors(rows, Views[i + 1]).unsqueeze(0)])[0].OfPixels.to(float64).item<double>();
            count++;
        }

        return [.. Views.Skip(1).Zip(sums, (view, sum) => new HeadSpread(view!.Name, sum / count))];
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private static SimilarityMap[] Compare(Tensor targets, Tensor positions, int width, int height)
    {
        using var scope = NewDisposeScope();
        var cosines = mm(targets, positions.t()).cpu();
        return [.. Enumerable.Range(0, (int)targets.shape[0]).Select(
            i => new SimilarityMap(width, height, cosines[i].contiguous().data<float>().ToArray()))];
    }

    /// <summary>Returns the vectors of rows [R,C] of the backbone under a head, or as they are, normalised to length 1.</summary>
    private Tensor Vectors(Tensor rows, HeadSpec? view)
    {
        using var scope = NewDisposeScope();
        var vectors = view is null ? rows : Head.Forward(rows, _weights, view, training: false);
        return nn.functional.normalize(vectors, dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the backbone's output, [positions, C], and the layout of the positions.</summary>
    private (Tensor Rows, int Width, int Height) Rows(RgbImage frame, int longest = 0)
    {
        using var scope = NewDisposeScope();
        var features = _backbone.Forward(ImageTensor.Of(frame, longest, _device), training: false);
        var (channels, height, width) = (features.shape[1], (int)features.shape[2], (int)features.shape[3]);
        return (features.permute(0, 2, 3, 1).reshape(-1, channels).MoveToOuterDisposeScope(), width, height);
    }
}
