using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Ranks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// What a method computes of views with one of its networks, in training: the backbone's output as rows, one a position, and heads of it.
/// </summary>
/// <param name="weights">The network.</param>
/// <param name="padding">Padding of its convolutions.</param>
/// <param name="groups">Number of groups of consecutive samples with batch statistics of their own, in the backbone and in heads.</param>
internal sealed class ViewEncoder(NetworkWeights weights, Padding padding, int groups)
{
    private readonly ResNet _backbone = new(weights, padding, groups);

    /// <summary>
    /// Returns the backbone's output for views x [B,3,S,S] as rows [B·N,C], sample-major, in the samples' own order with every position
    /// in its own place.
    /// </summary>
    /// <param name="x">The views.</param>
    /// <param name="tables">By these, views are rolled and permuted for the backbone only (see <see cref="SpatialRoll.Tables"/>); null:
    /// neither.</param>
    /// <param name="exchange">Takes the views for the backbone to other ranks, and their maps back; null: they stay here.</param>
    public Tensor Rows(Tensor x, Tensor? tables = null, BatchExchange? exchange = null)
    {
        using var scope = NewDisposeScope();
        var views = x.to(weights.FactorType);
        var seen = tables is null ? views : SpatialRoll.Apply(views, tables);
        if (exchange is not null) seen = exchange.There(seen);
        var features = _backbone.Forward(seen, training: true);
        if (exchange is not null) features = exchange.Back(features);
        var rows = tables is null ? SpatialRoll.Rows(features) : SpatialRoll.InvertToRows(features, tables);
        return rows.MoveToOuterDisposeScope();
    }

    /// <summary>Returns the mean [B,C] of each sample's rows [B·N,C].</summary>
    public static Tensor Pooled(Tensor rows, long batch)
    {
        using var scope = NewDisposeScope();
        return rows.view(batch, -1, rows.shape[1]).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>Returns a head of each view's mean: [B,D], not normalised to length 1.</summary>
    public Tensor HeadOfMean(Tensor x, HeadSpec head, Tensor? tables = null, BatchExchange? exchange = null)
    {
        using var scope = NewDisposeScope();
        return Head(Pooled(Rows(x, tables, exchange), x.shape[0]), head).MoveToOuterDisposeScope();
    }

    /// <summary>Returns a head of rows [R,C], samples in order: [R,D], not normalised to length 1.</summary>
    public Tensor Head(Tensor rows, HeadSpec head) => Networks.Head.Forward(rows, weights, head, training: true, groups);
}
