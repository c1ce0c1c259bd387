using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// What methods have in common that train one network (query, online) while another (key, target, momentum network) follows it as an
/// exponential moving average. The key network may lack the last of the query network's heads, such as a predictor.
/// </summary>
public abstract class MomentumMethod : NetworkMethod
{
    // A step whose loss was not finite has updated the key network and nothing else: the step after it must not update it again. [] bool.
    private readonly Tensor _keyHasMoved;
    private readonly MomentumOptions _options;

    /// <summary>Creates the state at step 0: the key network is a copy of the query network.</summary>
    /// <param name="options">Backbone, seed and heads of the query network.</param>
    /// <param name="keyHeads">The heads of the key network, which are the first of the query network's.</param>
    /// <param name="description">How messages describe the method: "a ResNet18 with heads …".</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <param name="rolled">Whether it uses the views' rolls.</param>
    private protected MomentumMethod(
        MomentumOptions options, IReadOnlyList<HeadSpec> keyHeads, string description, Device device, Precision precision,
        bool cudaGraph = false, bool rolled = false)
        : base(Checked(options, keyHeads), description, device, precision, cudaGraph, rolled)
    {
        _options = options;
        Key = new NetworkWeights(options.Backbone, keyHeads, device, precision: precision);
        Key.CopyFrom(Online);
        _keyHasMoved = tensor(false, device: device).DetachFromDisposeScope();
        State.Add("key.", Key);
        State.Add(
            "key.moved", () => _keyHasMoved.item<bool>() ? 1 : 0, moved => _keyHasMoved.fill_(moved != 0), _ => null, otherwise: 0);
    }

    /// <summary>The files of a checkpoint of a method without queues, and what each contains.</summary>
    public static new IReadOnlyList<CheckpointFile> CheckpointFiles { get; } =
    [
        new("query.safetensors", "query.", CheckpointRole.Online),
        new("key.safetensors", "key.", CheckpointRole.Momentum),
        new("optimiser.safetensors", "momentum.", CheckpointRole.State),
    ];

    /// <summary>The files of a checkpoint of a method with queues, and what each contains.</summary>
    public static IReadOnlyList<CheckpointFile> CheckpointFilesWithQueues { get; } =
        [.. CheckpointFiles, new("queues.safetensors", "queue.", CheckpointRole.State)];

    /// <summary>The key network's weights, which follow <see cref="NetworkMethod.Online"/>.</summary>
    private protected NetworkWeights Key { get; }

    /// <inheritdoc/>
    private protected override IReadOnlyList<NetworkWeights> Networks => [Online, Key];

    /// <inheritdoc/>
    public override IReadOnlyList<string> InitialiseFrom(IEnumerable<SnapshotTensor> weights)
    {
        var missing = base.InitialiseFrom(weights);
        Key.CopyFrom(Online);
        return missing;
    }

    /// <inheritdoc/>
    private protected override double EmaWeight(double progress) => _options.EmaWeightAt(progress);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _keyHasMoved.Dispose();
        Key.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Updates the key network (§6.1): key ← m·key + (1 − m)·query, unless a step that was given up has already done so.</summary>
    private protected void UpdateKey(StepInputs inputs)
    {
        EmaUpdate.Apply(Key, Online, _keyHasMoved, inputs.Scalars.Momentum);
        Key.Round();
        Online.Round();
        inputs.Clock?.Ended(StepPart.Optimiser);
    }

    /// <inheritdoc/>
    private protected override StepFigures Descend(StepLosses losses, StepInputs inputs, IReadOnlyList<Tensor> before)
    {
        var figures = base.Descend(losses, inputs, before);
        using var _ = no_grad();
        _keyHasMoved.copy_(figures.Finite.logical_not());
        return figures;
    }

    /// <inheritdoc/>
    private protected override void Undo(IReadOnlyList<Tensor> before)
    {
        base.Undo(before);
        using var _ = no_grad();
        if (before.Count > 0) _keyHasMoved.fill_(true);
    }

    private static MomentumOptions Checked(MomentumOptions options, IReadOnlyList<HeadSpec> keyHeads)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.HeadSpecs.Take(keyHeads.Count).SequenceEqual(keyHeads)
            ? options
            : throw new ArgumentException("The key network's heads are not the first of the query network's.", nameof(keyHeads));
    }
}
