using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// Updates the key network as an exponential moving average (EMA) of the query network (METHOD.md §6.1). Only its parameters follow; its
/// running statistics are its own.
/// </summary>
internal static class EmaUpdate
{
    /// <summary>key ← m·key + (1 − m)·query with m = <paramref name="weight"/>, over the tensors that the key network has.</summary>
    public static void Apply(NetworkWeights key, NetworkWeights query, double weight)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        key.Parameters.mul_(weight).add_(query.ParametersOf(key), 1 - weight);
    }
}
