using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// What methods have in common that train one network (query, online) while another (key, momentum network) follows it as an exponential
/// moving average: the two networks, queues of negatives, the optimiser, and the state of all this between two steps. Each method's step is
/// in its own file. The key network may lack the last of the query network's heads, such as a predictor.
/// </summary>
public abstract class MomentumMethod : IMethod
{
    private readonly Lars _lars;
    private readonly MethodState _state;
    private readonly LossWeights _weights;
    private readonly StepScalars _scalars;
    private readonly NumbersToHost _toHost;
    private readonly StepGraph? _graph;

    // A step whose loss was not finite has updated the key network and nothing else: the step after it must not update it again. [] bool.
    private readonly Tensor _keyHasMoved;

    /// <summary>
    /// Creates the state at step 0: the query network initialised from the seed, the key network a copy of it, and the queues filled with
    /// normalised Gaussian rows.
    /// </summary>
    /// <param name="options">Backbone, seed and heads of the query network.</param>
    /// <param name="keyHeads">The heads of the key network, which are the first of the query network's.</param>
    /// <param name="queues">The queues.</param>
    /// <param name="lars">Settings of the optimiser.</param>
    /// <param name="description">How messages describe the method: "a ResNet18 with heads …".</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    private protected MomentumMethod(
        MethodOptions options, IReadOnlyList<HeadSpec> keyHeads, IReadOnlyList<QueueSpec> queues, LarsOptions lars, string description,
        Device device, Precision precision, bool cudaGraph = false)
    {
        if (!options.HeadSpecs.Take(keyHeads.Count).SequenceEqual(keyHeads))
            throw new ArgumentException("The key network's heads are not the first of the query network's.", nameof(keyHeads));
        Online = new NetworkWeights(options.Backbone, options.HeadSpecs, device, trainable: true, precision);
        Key = new NetworkWeights(options.Backbone, keyHeads, device, precision: precision);
        Online.Initialise(options.Seed);
        Key.CopyFrom(Online);
        Queues = queues.ToDictionary(
            queue => queue.Head,
            queue => new NegativeQueue($"queue.{queue.Head}", queue.Size, queue.Width, options.Seed, device, precision));
        _lars = new Lars(Online, lars);
        _weights = options.Describe().LossWeights;
        _scalars = new StepScalars(_weights.Heads, device);
        _toHost = new NumbersToHost(device);
        _graph = cudaGraph ? new StepGraph(device) : null;
        _keyHasMoved = tensor(false, device: device).DetachFromDisposeScope();
        _state = State(description);
    }

    /// <summary>The files of a checkpoint, and what each contains.</summary>
    public static IReadOnlyList<CheckpointFile> CheckpointFiles { get; } =
    [
        new("query.safetensors", "query.", CheckpointRole.Online),
        new("key.safetensors", "key.", CheckpointRole.Momentum),
        new("optimiser.safetensors", "momentum.", CheckpointRole.State),
        new("queues.safetensors", "queue.", CheckpointRole.State),
    ];

    /// <summary>The query network's weights, which are trained, evaluated and exported. Owned by the method.</summary>
    public NetworkWeights Online { get; }

    /// <summary>The key network's weights, which follow <see cref="Online"/>.</summary>
    private protected NetworkWeights Key { get; }

    /// <summary>The queues by their heads' names.</summary>
    private protected IReadOnlyDictionary<string, NegativeQueue> Queues { get; }

    /// <inheritdoc/>
    public StepNumbers Begin(Views views, StepSettings settings)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(settings);
        Check(views);
        using var scope = NewDisposeScope();
        var (weights, rate) = (WeightsAt(settings), settings.LearningRate);
        _scalars.Set(rate, EmaWeight(settings.Progress), weights);
        var inputs = new StepInputs(views.View, views.ViewPlus, views.Places(), _scalars)
        {
            Clock = settings.Clock,
            InspectGradient = settings.InspectGradient,
        };
        var figures = _graph is null ? Compute(inputs) : _graph.Run(inputs, Compute);
        settings.Clock?.Ended(StepPart.Optimiser);
        return _toHost.Send(figures, numbers => StepFigures.Result(figures.Specs, numbers, weights, rate));
    }

    /// <inheritdoc/>
    public StepResult Step(Views views, StepSettings settings) => Begin(views, settings).Read();

    /// <summary>Throws if views do not fit together, or do not fit the settings.</summary>
    private protected abstract void Check(Views views);

    /// <summary>Returns the key network's momentum m at this share of the run's steps.</summary>
    private protected abstract double EmaWeight(double progress);

    /// <summary>Returns the losses' weights in a step.</summary>
    private protected virtual LossWeights WeightsAt(StepSettings settings) => settings.Weights ?? _weights;

    /// <summary>
    /// Computes a step on the device and changes the state there. It may ask nothing of the device, and what it computes with may depend
    /// on nothing but its inputs and the state.
    /// </summary>
    private protected abstract StepFigures Compute(StepInputs inputs);

    /// <inheritdoc/>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse = null) => _state.Snapshot(reuse);

    /// <inheritdoc/>
    public void Restore(TrainingSnapshot snapshot) => _state.Restore(snapshot);

    /// <inheritdoc/>
    public IReadOnlyList<string> InitialiseFrom(IEnumerable<SnapshotTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var byName = weights.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var (given, missing) = (new List<SnapshotTensor>(), new List<string>());
        foreach (var tensor in Online.Tensors)
        {
            var found = byName.GetValueOrDefault(tensor.Name);
            if (found is null && tensor.Name.StartsWith("head_", StringComparison.Ordinal))
            {
                missing.Add(tensor.Name);
                continue;
            }

            _state.CheckFits(tensor.Name, tensor.Shape, found);
            given.Add(found!);
        }

        foreach (var tensor in given) Online.Write(tensor.Name, tensor.Values);
        Key.CopyFrom(Online);
        return missing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees every tensor.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _lars.Dispose();
        _scalars.Dispose();
        _graph?.Dispose();
        _toHost.Dispose();
        _keyHasMoved.Dispose();
        foreach (var queue in Queues.Values) queue.Dispose();
        Online.Dispose();
        Key.Dispose();
    }

    /// <summary>Returns a copy of both networks' running statistics before a step, in the caller's dispose scope.</summary>
    private protected StatisticsBefore KeepStatistics() => new(Online.Statistics.clone(), Key.Statistics.clone());

    /// <summary>Updates the key network (§6.1): key ← m·key + (1 − m)·query, unless a step that was given up has already done so.</summary>
    private protected void UpdateKey(StepInputs inputs)
    {
        EmaUpdate.Apply(Key, Online, _keyHasMoved, inputs.Scalars.Momentum);
        Key.Round();
        Online.Round();
        inputs.Clock?.Ended(StepPart.Optimiser);
    }

    /// <summary>
    /// Computes the losses' gradient (§6.4) and takes the optimiser's step along it (§7). If a loss is not finite, everything is as before
    /// the step.
    /// </summary>
    private protected StepFigures Descend(StepLosses losses, StepInputs inputs, StatisticsBefore before)
    {
        var gradients = autograd.grad([losses.Total(inputs.Scalars)], [.. Online.Factors]);
        using var _ = no_grad();
        var figures = losses.Figures(inputs.Scalars);
        inputs.Clock?.Ended(StepPart.Backward);
        for (var i = 0; inputs.InspectGradient is { } inspect && i < gradients.Count; i++)
            inspect(Online.ParameterNames[i], gradients[i]);
        MomentumScripts.Functions.Call("give_back", Online.Statistics, before.Query, figures.Finite);
        MomentumScripts.Functions.Call("give_back", Key.Statistics, before.Key, figures.Finite);
        _lars.Step([.. gradients], inputs.Scalars.Rate, figures.Finite);
        _keyHasMoved.copy_(figures.Finite.logical_not());
        return figures;
    }

    private MethodState State(string description)
    {
        var state = new MethodState(description);
        state.Add("query.", Online);
        state.Add("key.", Key);
        for (var i = 0; i < _lars.Momentum.Count; i++) state.Add($"momentum.{Online.ParameterNames[i]}", _lars.Momentum[i]);
        foreach (var queue in Queues.Values)
        {
            state.Add(queue.Name, queue.Rows);
            state.Add(
                $"{queue.Name}.pointer",
                () => queue.Pointer,
                place => queue.Pointer = (int)place,
                place => place >= 0 && place < queue.Size ? null : $"no place of a queue of {queue.Size} rows");
        }

        state.Add(
            "key.moved", () => _keyHasMoved.item<bool>() ? 1 : 0, moved => _keyHasMoved.fill_(moved != 0), _ => null, otherwise: 0);
        return state;
    }

    /// <summary>Running statistics of both networks.</summary>
    private protected readonly record struct StatisticsBefore(Tensor Query, Tensor Key);
}
