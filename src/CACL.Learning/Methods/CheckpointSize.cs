using CACL.Learning.Networks;
using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>Computes how much room a method's checkpoint takes, before a tensor exists.</summary>
public static class CheckpointSize
{
    private const int BytesPerNumber = 4;
    private const int BytesOfOther = 1 << 16; // headers, manifest and state

    /// <summary>Returns the size of a checkpoint in bytes: not less than it takes, and not much more.</summary>
    public static long Of(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var network = NetworkShapes.Of(options.Backbone, options.HeadSpecs);
        var numbers = network.Sum(tensor => tensor.Count);
        // The momentum network has at most the heads of the online network.
        var networks = options.Describe().CheckpointFiles.Count(file => file.Role is CheckpointRole.Online or CheckpointRole.Momentum);
        var optimiser = network.Where(tensor => !tensor.IsStatistic).Sum(tensor => tensor.Count);
        var queues = options.Queues.Sum(queue => (long)queue.Size * queue.Width);
        return (((networks * numbers) + optimiser + queues) * BytesPerNumber) + BytesOfOther;
    }
}
