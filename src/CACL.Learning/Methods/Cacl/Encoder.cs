using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>The encoder of a training step, a network with its heads: views in, each head's map out, rolled back. Owns nothing.</summary>
internal sealed class Encoder(NetworkWeights weights, CaclOptions options)
{
    private readonly ResNet _backbone = new(weights, options.Padding, options.BatchNormSplits);

    /// <summary>
    /// Encodes x [B,3,S,S]. Views are rolled and permuted as <paramref name="permutation"/> says for the backbone only: the maps that are
    /// returned have the samples' original order and every position in its own place.
    /// </summary>
    /// <param name="x">The views.</param>
    /// <param name="rolls">Their rolls; null: none.</param>
    /// <param name="permutation">The order in which the backbone sees them; null: their own.</param>
    /// <param name="only">The heads to compute, of those that are on.</param>
    public HeadMaps Forward(Tensor x, Roll[]? rolls, int[]? permutation, Heads only = Heads.All)
    {
        using var scope = NewDisposeScope();
        var features = _backbone.Forward(SpatialRoll.Apply(x.to(weights.Parameters.dtype), rolls, permutation), training: true);
        var rows = SpatialRoll.InvertToRows(features, rolls, permutation);
        var maps = new HeadMaps();
        foreach (var head in CaclHeads.Each(options.Heads & only))
        {
            maps.Rows[head] = Forward(head, rows).view(x.shape[0], -1, CaclHeads.Width).MoveToOuterDisposeScope();
        }

        if (options.UsesFeatures) maps.Features = rows.detach().view(x.shape[0], -1, rows.shape[1]).MoveToOuterDisposeScope();
        if ((options.Heads & only).HasFlag(Heads.Global))
        {
            // Pooled before the head, the head sees one position, the mean of all.
            var pooled = options.Pooling == Pooling.AfterHead
                ? maps.Rows[Heads.Global].mean([1])
                : Forward(Heads.Global, rows.view(x.shape[0], -1, rows.shape[1]).mean([1]));
            maps.Pooled = nn.functional.normalize(pooled, dim: 1).MoveToOuterDisposeScope();
        }

        return maps;
    }

    private Tensor Forward(Heads head, Tensor rows) => Head.Forward(rows, weights, CaclHeads.Spec(head, options.Backbone), training: true);
}

/// <summary>The output of one network's heads for a batch, in the caller's dispose scope.</summary>
internal sealed class HeadMaps
{
    private readonly Dictionary<Heads, Tensor> _pixels = [];

    /// <summary>Each head's map [B,N,128], not normalised.</summary>
    public Dictionary<Heads, Tensor> Rows { get; } = [];

    /// <summary>û [B,128]: the global head's mean over positions, normalised to length 1. Null without a global head.</summary>
    public Tensor? Pooled { get; set; }

    /// <summary>The backbone's output [B,N,C], without gradient. Null where no target is made of it.</summary>
    public Tensor? Features { get; set; }

    /// <summary>Returns a head's pixels [B,N,128], each normalised to length 1.</summary>
    public Tensor Pixels(Heads head)
    {
        // They are computed once, with the gradient that the maps have, in the caller's dispose scope, which is a step.
        if (!_pixels.TryGetValue(head, out var pixels)) _pixels[head] = pixels = nn.functional.normalize(Rows[head], dim: 2);
        return pixels;
    }

    /// <summary>Returns the pixels of <see cref="Features"/>, each normalised to length 1.</summary>
    public Tensor FeaturePixels() => nn.functional.normalize(Features!, dim: 2);

    /// <summary>Returns a head's pixels at the chosen positions of each sample: [B·m,128], sample-major.</summary>
    public Tensor Chosen(Heads head, int[][] positions)
    {
        using var scope = NewDisposeScope();
        var rows = Rows[head];
        var perSample = rows.shape[1];
        var places = positions.SelectMany((chosen, sample) => chosen.Select(position => (sample * perSample) + position)).ToArray();
        var chosenRows = rows.flatten(0, 1).index_select(0, tensor(places, int64).to(rows.device));
        return nn.functional.normalize(chosenRows, dim: 1).MoveToOuterDisposeScope();
    }
}
