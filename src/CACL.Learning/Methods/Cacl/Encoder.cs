using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>A network with its heads as a training step uses it: views in, rolled back maps of each head out. Owns nothing.</summary>
internal sealed class Encoder(NetworkWeights weights, CaclOptions options)
{
    private readonly ResNet _backbone = new(weights, options.Padding, options.BatchNormSplits);

    /// <summary>
    /// x [B,3,S,S], rolled and put into the order of <paramref name="permutation"/> for the backbone only: the maps that come
    /// back are in the samples' order and every position's place.
    /// </summary>
    public HeadMaps Forward(Tensor x, Roll[]? rolls, int[]? permutation)
    {
        using var scope = NewDisposeScope();
        var features = _backbone.Forward(SpatialRoll.Apply(x.to(weights.Parameters.dtype), rolls, permutation), training: true);
        var rows = SpatialRoll.InvertToRows(features, rolls, permutation);
        var maps = new HeadMaps();
        foreach (var head in CaclHeads.Each(options.Heads))
        {
            maps.Rows[head] = Forward(head, rows).view(x.shape[0], -1, CaclHeads.Width).MoveToOuterDisposeScope();
        }

        if (options.Heads.HasFlag(Heads.Global))
        {
            // Before the head: the head then sees one position, the mean of all.
            var pooled = options.Pooling == Pooling.AfterHead
                ? maps.Rows[Heads.Global].mean([1])
                : Forward(Heads.Global, rows.view(x.shape[0], -1, rows.shape[1]).mean([1]));
            maps.Pooled = nn.functional.normalize(pooled, dim: 1).MoveToOuterDisposeScope();
        }

        return maps;
    }

    private Tensor Forward(Heads head, Tensor rows) => Head.Forward(rows, weights, CaclHeads.Spec(head, options.Backbone), training: true);
}

/// <summary>What one network's heads say of a batch; in the scope of whoever asked.</summary>
internal sealed class HeadMaps
{
    /// <summary>Each head's map [B,N,128], not normalised.</summary>
    public Dictionary<Heads, Tensor> Rows { get; } = [];

    /// <summary>û [B,128]: the global head's mean over positions, at length 1. Null without a global head.</summary>
    public Tensor? Pooled { get; set; }

    /// <summary>A head's pixels [B,N,128], each at length 1.</summary>
    public Tensor Pixels(Heads head) => nn.functional.normalize(Rows[head], dim: 2);

    /// <summary>Of each sample, a head's pixels at the chosen positions: [B·m,128], sample-major.</summary>
    public Tensor Chosen(Heads head, int[][] positions)
    {
        using var scope = NewDisposeScope();
        var rows = Rows[head];
        var places = positions.SelectMany((chosen, sample) => chosen.Select(position => (sample * rows.shape[1]) + position)).ToArray();
        var chosenRows = rows.flatten(0, 1).index_select(0, tensor(places, int64).to(rows.device));
        return nn.functional.normalize(chosenRows, dim: 1).MoveToOuterDisposeScope();
    }
}
