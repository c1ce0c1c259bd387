using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Ranks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>The encoder of a training step, a network with its heads: views in, each head's map out, rolled back. Owns nothing.</summary>
internal sealed class Encoder(NetworkWeights weights, CaclOptions options)
{
    private readonly ViewEncoder _encoder = new(weights, options.Padding, options.BatchNormSplits);

    /// <summary>
    /// Encodes x [B,3,S,S]. Views are rolled and permuted by the tables for the backbone only: the maps that are returned have the
    /// samples' original order and every position in its own place.
    /// </summary>
    /// <param name="x">The views.</param>
    /// <param name="tables">See <see cref="SpatialRoll.Tables"/>; null: neither rolled nor permuted.</param>
    /// <param name="only">The heads to compute, of those that are on.</param>
    /// <param name="exchange">See <see cref="ViewEncoder.Rows"/>.</param>
    public HeadMaps Forward(Tensor x, Tensor? tables, Heads only = Heads.All, BatchExchange? exchange = null)
    {
        using var scope = NewDisposeScope();
        var rows = _encoder.Rows(x, tables, exchange);
        var maps = new HeadMaps();
        foreach (var head in CaclHeads.Each(options.Heads & only))
        {
            maps.Rows[head] = Forward(head, rows).view(x.shape[0], -1, CaclHeads.Width).MoveToOuterDisposeScope();
        }

        if (options.UsesFeatures)
        {
            var exact = rows.detach().to(weights.Parameters.dtype);
            maps.Features = exact.view(x.shape[0], -1, rows.shape[1]).MoveToOuterDisposeScope();
        }

        if ((options.Heads & only).HasFlag(Heads.Global))
        {
            // Pooled before the head, the head sees one position, the mean of all.
            var pooled = options.Pooling == Pooling.AfterHead
                ? maps.Rows[Heads.Global].mean([1])
                : Forward(Heads.Global, ViewEncoder.Pooled(rows, x.shape[0]));
            maps.Pooled = nn.functional.normalize(pooled, dim: 1).MoveToOuterDisposeScope();
        }

        return maps;
    }

    private Tensor Forward(Heads head, Tensor rows) => _encoder.Head(rows, CaclHeads.Spec(head, options.Backbone));
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

    /// <summary>Returns a head's pixels at the chosen rows of all samples' positions: [B·m,128], sample-major.</summary>
    public Tensor Chosen(Heads head, Tensor places)
    {
        using var scope = NewDisposeScope();
        var chosenRows = Rows[head].flatten(0, 1).index_select(0, places);
        return nn.functional.normalize(chosenRows, dim: 1).MoveToOuterDisposeScope();
    }
}
