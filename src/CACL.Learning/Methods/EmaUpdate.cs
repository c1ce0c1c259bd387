using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// The key network follows the query network slowly (METHOD.md §6.1): its parameters do, its running statistics are its own.
/// </summary>
internal static class EmaUpdate
{
    /// <summary>key ← m·key + (1 − m)·query, over the tensors that the key network has.</summary>
    public static void Apply(NetworkWeights key, NetworkWeights query, double weight)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        key.Parameters.mul_(weight).add_(query.ParametersOf(key), 1 - weight);
    }
}
