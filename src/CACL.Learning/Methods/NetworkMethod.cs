using System.IO.Hashing;
using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// What all methods have in common: the network that they train (query network, online), queues of negatives if they have any, the
/// optimiser, and the state of all this between two steps. Each method's step is in its own file.
/// </summary>
public abstract class NetworkMethod : IMethod
{
    private readonly MethodOptions _options;
    private readonly bool _rolled;
    private readonly Optimiser _optimiser;
    private readonly LossWeights _weights;
    private readonly StepScalars _scalars;
    private readonly NumbersToHost _toHost;
    private readonly StepGraph? _graph;
    private SharedGradient? _shared;
    private IReadOnlyList<Tensor> _before = [];

    /// <summary>
    /// Creates the state at step 0: the network initialised from the seed, and the queues filled with normalised Gaussian rows.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="description">How messages describe the method: "a ResNet18 with heads …".</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <param name="rolled">Whether it uses the views' rolls.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    private protected NetworkMethod(
        MethodOptions options, string description, Device device, Precision precision, bool cudaGraph = false, bool rolled = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _rolled = rolled;
        Online = new NetworkWeights(options.Backbone, options.HeadSpecs, device, trainable: true, precision);
        Online.Initialise(options.Seed);
        Queues = options.Queues.ToDictionary(
            queue => queue.Head,
            queue => new NegativeQueue($"queue.{queue.Head}", queue.Size, queue.Width, options.Seed, device, precision));
        _optimiser = new Optimiser(Online, options.Optimiser);
        _weights = options.Describe().LossWeights;
        _scalars = new StepScalars(_weights.Heads, device);
        _toHost = new NumbersToHost(device);
        _graph = cudaGraph ? new StepGraph(device) : null;
        State = new MethodState(description);
        AddState();
    }

    /// <summary>The files of a checkpoint, and what each contains.</summary>
    public static IReadOnlyList<CheckpointFile> CheckpointFiles { get; } =
        [new("query.safetensors", "query.", CheckpointRole.Online), new("optimiser.safetensors", "momentum.", CheckpointRole.State)];

    /// <summary>The network's weights, which are trained, evaluated and exported. Owned by the method.</summary>
    public NetworkWeights Online { get; }

    /// <summary>The ranks that take each step together.</summary>
    private protected ITensorCollectives Ranks { get; private set; } = HostTensors.Alone;

    /// <summary>The queues by their heads' names.</summary>
    private protected IReadOnlyDictionary<string, NegativeQueue> Queues { get; }

    /// <summary>What is kept between two steps, to which a kind of method adds its own.</summary>
    private protected MethodState State { get; }

    /// <summary>The networks whose running statistics a step changes.</summary>
    private protected virtual IReadOnlyList<NetworkWeights> Networks => [Online];

    /// <inheritdoc/>
    public void Join(ITensorCollectives ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        Ranks = ranks;
        _shared?.Dispose();
        _shared = ranks.IsAlone ? null : new SharedGradient(Networks, ranks);
    }

    /// <inheritdoc/>
    public byte[] Checksum()
    {
        var hash = new XxHash128();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor[] all =
        [
            .. Networks.SelectMany(network => new[] { network.Parameters, network.Statistics }), _optimiser.All,
            .. Queues.Values.Select(queue => queue.Rows),
        ];
        foreach (var tensor in all) hash.Append(tensor.detach().cpu().bytes);
        return hash.GetCurrentHash();
    }

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
            Boxes = views.Boxes(),
            Clock = settings.Clock,
            InspectGradient = settings.InspectGradient,
            Exchange = Ranks.IsAlone ? null : new BatchExchange(Ranks, views.Shuffle!, views.View.device),
        };
        StepFigures figures;
        try
        {
            figures = _graph is null ? Compute(inputs) : _graph.Run(inputs, Compute);
        }
        catch (LostRankException)
        {
            Undo(_before);
            throw;
        }

        settings.Clock?.Ended(StepPart.Optimiser);
        return _toHost.Send(figures, numbers => StepFigures.Result(figures.Specs, numbers, weights, rate));
    }

    /// <inheritdoc/>
    public StepResult Step(Views views, StepSettings settings) => Begin(views, settings).Read();

    /// <inheritdoc/>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse = null) => State.Snapshot(reuse);

    /// <inheritdoc/>
    public void Restore(TrainingSnapshot snapshot) => State.Restore(snapshot);

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> InitialiseFrom(IEnumerable<SnapshotTensor> weights)
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

            State.CheckFits(tensor.Name, tensor.Shape, found);
            given.Add(found!);
        }

        foreach (var tensor in given) Online.Write(tensor.Name, tensor.Values);
        return missing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Computes a step on the device and changes the state there. It may ask nothing of the device, and what it computes with may depend
    /// on nothing but its inputs and the state.
    /// </summary>
    private protected abstract StepFigures Compute(StepInputs inputs);

    /// <summary>Returns the momentum m of a network that follows this one, at this share of the run's steps.</summary>
    private protected virtual double EmaWeight(double progress) => 1;

    /// <summary>Returns the losses' weights in a step.</summary>
    private protected virtual LossWeights WeightsAt(StepSettings settings) => settings.Weights ?? _weights;

    /// <summary>Frees every tensor.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _optimiser.Dispose();
        _scalars.Dispose();
        _graph?.Dispose();
        _toHost.Dispose();
        _shared?.Dispose();
        foreach (var queue in Queues.Values) queue.Dispose();
        Online.Dispose();
    }

    /// <summary>Returns a copy of the networks' running statistics before a step, in the caller's dispose scope.</summary>
    private protected IReadOnlyList<Tensor> KeepStatistics() =>
        _before = [.. Networks.Select(network => network.Statistics.clone())];

    /// <summary>
    /// Makes the state what it was before a step that the ranks gave up. They exchange nothing, and wait for no exchange, once a step
    /// has changed parameters or queues.
    /// </summary>
    /// <param name="before">What <see cref="KeepStatistics"/> returned.</param>
    private protected virtual void Undo(IReadOnlyList<Tensor> before)
    {
        using var _ = no_grad();
        foreach (var (network, statistics) in Networks.Zip(before)) network.Statistics.copy_(statistics);
    }

    /// <summary>Returns rows that are to enter a queue, with those of the other ranks before and behind them.</summary>
    private protected Tensor FromAll(Tensor rows) => Ranks.Gather(rows, "gathering the keys");

    /// <summary>
    /// Computes the losses' gradient (§6.4) and takes the optimiser's step along it (§7). If a loss is not finite, everything is as before
    /// the step.
    /// </summary>
    /// <param name="losses">The losses.</param>
    /// <param name="inputs">The step's inputs.</param>
    /// <param name="before">What <see cref="KeepStatistics"/> returned before the networks saw the views.</param>
    private protected virtual StepFigures Descend(StepLosses losses, StepInputs inputs, IReadOnlyList<Tensor> before)
    {
        Tensor[] factors = [.. Online.Factors];
        var total = losses.Total(inputs.Scalars);
        var gradients = inputs.Exchange?.Gradient(total, factors) ?? autograd.grad([total], factors);
        using var _ = no_grad();
        var figures = losses.Figures(inputs.Scalars, Ranks);
        IReadOnlyList<Tensor> along = _shared is null ? [.. gradients] : _shared.Average([.. gradients]);
        inputs.Clock?.Ended(StepPart.Backward);
        for (var i = 0; inputs.InspectGradient is { } inspect && i < along.Count; i++)
            inspect(Online.ParameterNames[i], along[i]);
        foreach (var (network, statistics) in Networks.Zip(before))
            MomentumScripts.Functions.Call("give_back", network.Statistics, statistics, figures.Finite);
        _optimiser.Step(along, inputs.Scalars.Rate, figures.Finite);
        return figures;
    }

    private void Check(Views views)
    {
        views.Check(_rolled);
        var (batch, side) = ((int)views.View.shape[0], (int)Math.Min(views.View.shape[2], views.View.shape[3]));
        var pixels = views.EnqueuePixels is [var chosen, ..] ? chosen.Length : 0;
        if (_options.Problems(batch, side, pixels).ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems));
        if (!Ranks.IsAlone && views.Shuffle?.Length != batch * Ranks.Size)
        {
            throw new ArgumentException(
                $"{Ranks.Size} ranks of {batch} pairs need a permutation of {Ranks.Size * batch} samples for the key network's batch.");
        }
    }

    private void AddState()
    {
        State.Add("query.", Online);
        for (var i = 0; i < _optimiser.Momentum.Count; i++) State.Add($"momentum.{Online.ParameterNames[i]}", _optimiser.Momentum[i]);
        foreach (var queue in Queues.Values)
        {
            State.Add(queue.Name, queue.Rows);
            State.Add(
                $"{queue.Name}.pointer",
                () => queue.Pointer,
                place => queue.Pointer = (int)place,
                place => place >= 0 && place < queue.Size ? null : $"no place of a queue of {queue.Size} rows");
        }
    }
}
