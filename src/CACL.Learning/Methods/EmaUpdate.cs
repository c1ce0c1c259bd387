using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// Updates the key network as an exponential moving average (EMA) of the query network (METHOD.md §6.1). Only its parameters follow; its
/// running statistics are its own.
/// </summary>
internal static class EmaUpdate
{
    /// <summary>
    /// key ← m·key + (1 − m)·query with m = <paramref name="weight"/> [] float64, over the tensors that the key network has; nothing if
    /// <paramref name="moved"/> [] bool says that it has moved already.
    /// </summary>
    public static void Apply(NetworkWeights key, NetworkWeights query, Tensor moved, Tensor weight)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        MomentumScripts.Functions.Call("follow", key.Parameters, query.ParametersOf(key), moved, weight);
    }
}
