using System.Globalization;
using CACL.Learning.Methods;
using CACL.Learning.Networks;
using CACL.Node.Devices;
using CACL.Node.Ending;

namespace CACL.Node.Training;

/// <summary>
/// What a training on the processor needs at least, as far as it can be computed before it starts: its tensors and the copy of them from
/// which checkpoints are written. What a step needs for its activations comes on top.
/// </summary>
/// <param name="method">The method.</param>
internal sealed class MemoryNeed(MethodOptions method)
{
    /// <summary>What the program takes beside tensors once it trains: its heap, compiled code and threads. Measured: 110 MB.</summary>
    private const long Program = 64L << 20;

    private readonly long _network = sizeof(float) * NetworkShapes.Of(method.Backbone, method.HeadSpecs).Sum(tensor => tensor.Count);
    private readonly long _queues = method.Describe().Queues.Sum(queue => sizeof(float) * (long)queue.Size * queue.Width);

    private int Networks => method is MomentumOptions ? 2 : 1;

    /// <summary>Bytes of the copy from which a checkpoint is written: networks, the optimiser's momentum and queues.</summary>
    public long Copy => ((Networks + 1) * _network) + _queues;

    /// <summary>Bytes that a training takes at least.</summary>
    public long Training => ((Networks + 2) * _network) + _queues + Copy + Program;

    /// <summary>Refuses a training for which there is not enough memory.</summary>
    /// <param name="device">The device; on a card its memory is what counts.</param>
    /// <param name="limit">The memory that there is.</param>
    /// <exception cref="UserException">There is too little.</exception>
    public void Require(string device, MemoryLimit limit)
    {
        var needed = device == "cpu" ? Training : Copy;
        if (limit.Bytes is not { } all || limit.Used is not { } used || used + needed <= all) return;
        throw new UserException(string.Create(
            CultureInfo.InvariantCulture,
            $"This training needs at least {needed / 1e6:0} MB besides the {used / 1e6:0} MB that are in use, but this process may have "
            + $"{all / 1e6:0} MB in all (its control group, such as a container's limit). The kernel would kill it. Give it more memory, "
            + $"or train a smaller network. Nothing was trained."));
    }
}
