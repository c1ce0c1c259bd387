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

    /// <summary>
    /// Returns the files of tensors in a checkpoint, each with its size to the byte. Beside them there are a manifest and a state of some
    /// kilobytes, which depend on settings and time.
    /// </summary>
    /// <param name="options">The method.</param>
    /// <param name="step">Steps done, which each file names.</param>
    public static IReadOnlyList<(string File, long Bytes)> OfTensors(MethodOptions options, long step)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var tensors = Tensors(options).ToList();
        return
        [
            .. options.Describe().CheckpointFiles.Select(file => (file.Name, SafeTensorsWriter.Size(
                file.Name,
                tensors.Where(tensor => tensor.Name.StartsWith(file.Prefix, StringComparison.Ordinal))
                    .Select(tensor => Item(tensor.Name[file.Prefix.Length..], tensor.Shape)),
                CheckpointFiles.Metadata(step)))),
        ];
    }

    // Names and shapes of a snapshot's tensors.
    private static IEnumerable<(string Name, long[] Shape)> Tensors(MethodOptions options)
    {
        var online = NetworkShapes.Of(options.Backbone, options.HeadSpecs);
        foreach (var tensor in online) yield return ($"query.{tensor.Name}", tensor.Shape);
        foreach (var tensor in online.Where(tensor => !tensor.IsStatistic)) yield return ($"momentum.{tensor.Name}", tensor.Shape);
        foreach (var queue in options.Queues) yield return ($"queue.{queue.Head}", [queue.Size, queue.Width]);
        if (options is not MomentumOptions { KeyHeadSpecs: var heads }) yield break;
        foreach (var tensor in NetworkShapes.Of(options.Backbone, heads)) yield return ($"key.{tensor.Name}", tensor.Shape);
    }

    private static SafeTensorsItem Item(string name, long[] shape) => new(name, SafeTensorsType.F32, shape, _ => { });
}
