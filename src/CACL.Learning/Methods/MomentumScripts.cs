using CACL.Learning.Runtime;

namespace CACL.Learning.Methods;

/// <summary>The scripts by which a step's state moves on the device.</summary>
internal static class MomentumScripts
{
    private static readonly Lazy<TorchScript> All = new(() => TorchScript.Load("Methods/momentum_step"));

    /// <summary>The compiled scripts.</summary>
    public static TorchScript Functions => All.Value;
}
