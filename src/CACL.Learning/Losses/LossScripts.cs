using CACL.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>The losses' scripts, and the sizes in which they sweep a long queue on a device.</summary>
internal static class LossScripts
{
    private static readonly Lazy<TorchScript> All = new(() => TorchScript.Load(
        "Runtime/product", "Losses/queue_softmax", "Losses/global_loss", "Losses/pixel_loss", "Losses/cycle_loss", "Losses/spread",
        "Losses/nt_xent", "Losses/prediction_loss", "Losses/propagation_loss"));

    /// <summary>The compiled scripts.</summary>
    public static TorchScript Functions => All.Value;

    /// <summary>
    /// Returns the rows and columns of a tile of logits. A processor keeps one of 8 MiB in its cache between the operations on it; a
    /// card has hundreds of megabytes to spare and wants few large operations.
    /// </summary>
    public static (int Rows, int Columns) TileOn(Device device) => device.type == DeviceType.CUDA ? (4096, 16384) : (2048, 1024);
}
