using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;
using Padding = CACL.Learning.Networks.Padding;

namespace CACL.Learning.Methods;

/// <summary>All settings of a method that decide what its steps compute, and the factory of the method.</summary>
public abstract record MethodOptions
{
    /// <summary>Seed of all random initialisation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Backbone of the method's networks.</summary>
    public Backbone Backbone { get; init; } = Backbone.ResNet18;

    /// <summary>Padding of the backbone's convolutions.</summary>
    public Padding Padding { get; init; } = Padding.Zeros;

    /// <summary>Number of groups of consecutive samples with batch statistics of their own; must divide the batch.</summary>
    public int BatchNormSplits { get; init; } = 4;

    /// <summary>The optimiser (METHOD.md §7).</summary>
    public OptimiserOptions Optimiser { get; init; } = new();

    /// <summary>The heads of the online network.</summary>
    public abstract IReadOnlyList<HeadSpec> HeadSpecs { get; }

    /// <summary>The fewest pairs of which a batch can consist.</summary>
    public virtual int SmallestBatch => 1;

    /// <summary>The queues of negatives that are in use.</summary>
    public virtual IReadOnlyList<QueueSpec> Queues => [];

    /// <summary>Of how many groups of batch normalisation a rank among several has a multiple.</summary>
    public virtual int GroupsTogether => 1;

    /// <summary>Returns whether so many ranks can share the groups of batch normalisation.</summary>
    public bool HasGroupsFor(int ranks) => ranks == 1 || BatchNormSplits % (ranks * GroupsTogether) == 0;

    /// <summary>Returns the settings for one of several ranks, of which each has its share of the groups of batch normalisation.</summary>
    /// <param name="ranks">Number of ranks, which must be able to share the groups.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public MethodOptions OfRank(int ranks) => HasGroupsFor(ranks)
        ? this with { BatchNormSplits = BatchNormSplits / ranks }
        : throw new ArgumentException($"{ranks} ranks cannot share {BatchNormSplits} groups of batch normalisation.", nameof(ranks));

    /// <summary>Describes the method to the rest of the program.</summary>
    public abstract MethodDescription Describe();

    /// <summary>Creates the method at step 0 of a run.</summary>
    /// <param name="device">Device of all its tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step; of no effect on a processor.</param>
    /// <exception cref="ArgumentException">Some settings are incompatible; the message names all of them.</exception>
    public abstract IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false);

    /// <summary>Returns what is wrong with these settings whatever the batch, in sentences for people; empty if nothing is.</summary>
    public virtual IEnumerable<string> Problems()
    {
        if (BatchNormSplits < 1) yield return $"Batch normalisation cannot have {BatchNormSplits} groups: give it at least one.";
    }

    /// <summary>Returns what is wrong with these settings for such batches, in sentences for people; empty if nothing is.</summary>
    /// <param name="batchSize">Number of pairs B in a batch.</param>
    /// <param name="cropSize">Side S of a view, pixels.</param>
    /// <param name="enqueuePixels">Pixels of each frame that enter queues of pixels.</param>
    public virtual IEnumerable<string> Problems(int batchSize, int cropSize, int enqueuePixels)
    {
        foreach (var problem in Problems()) yield return problem;
        if (BatchNormSplits > 0 && batchSize % BatchNormSplits != 0)
        {
            yield return $"A batch of {batchSize} does not divide into {BatchNormSplits} groups of batch normalisation: choose a multiple "
                + $"of {BatchNormSplits}.";
        }

        if (batchSize < SmallestBatch) yield return $"A batch of {batchSize} is too small: take {SmallestBatch} pairs or more.";
        if (cropSize < 8 || cropSize % 8 != 0) yield return $"A crop of {cropSize} pixels is not a multiple of 8, the output stride.";
        // The last stage's dilation is 4, and a reflected border must be narrower than the map.
        if (Padding == Padding.Reflect && cropSize < 40)
            yield return $"A crop of {cropSize} pixels is too small for reflected borders: take 40 or more.";
        foreach (var queue in Queues)
        {
            if (queue.RowsPerStep(batchSize, Math.Max(1, enqueuePixels)) is var rows && rows > queue.Size)
                yield return $"A step puts {rows} rows into the {queue.Head} head's queue of {queue.Size}: make the queue larger, or the "
                    + "batch or the enqueued pixels fewer.";
        }
    }

    /// <summary>Returns the architecture of the method's checkpoints.</summary>
    /// <param name="method">The method's word; null: CACL, which older checkpoints do not name.</param>
    /// <param name="queueSize">Rows of each queue; 0: it has none.</param>
    /// <param name="width">Length of a head's vectors.</param>
    private protected CheckpointArchitecture ArchitectureOf(string? method, int queueSize, int width) => new(
        Backbone.ToString().ToLowerInvariant(), string.Join(',', HeadSpecs.Select(head => head.Name)), queueSize, width,
        Padding.ToString().ToLowerInvariant(), method);
}
