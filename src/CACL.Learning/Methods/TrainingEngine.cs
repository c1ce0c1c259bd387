using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>The real engine: augmentation on the training device, then a step of the method.</summary>
public sealed class TrainingEngine : ITrainingEngine
{
    private readonly IMethod _method;
    private readonly ViewsBuilder _views;
    private readonly StepClock _clock = new();
    private readonly ulong _seed;
    private readonly Action<PairBatch, Views>? _preview;
    private readonly int _ranks;
    private readonly ITensorCollectives? _others;
    private double? _exchange;

    /// <summary>Creates an engine at step 0 of a run.</summary>
    /// <param name="options">The method and its settings.</param>
    /// <param name="device">Torch device: cpu, cuda or cuda:N.</param>
    /// <param name="seed">The run's seed, which decides the order in which the key network sees a batch.</param>
    /// <param name="initial">Weights that initialise the networks; null: they are initialised from the method's seed.</param>
    /// <param name="preview">Receives each batch and its views before the step; reads them and changes nothing. Null: nobody looks.</param>
    /// <param name="precision">The precision in which the networks are computed.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step; of no effect on a processor.</param>
    /// <param name="ranks">The ranks that take each step together, each on its share of the batch; null: this process alone.</param>
    /// <exception cref="ArgumentException">Settings or weights do not fit together.</exception>
    public TrainingEngine(
        MethodOptions options, string device, ulong seed, IReadOnlyList<SnapshotTensor>? initial = null,
        Action<PairBatch, Views>? preview = null, Precision precision = Precision.Fp32, bool cudaGraph = false,
        ITensorCollectives? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _seed = seed;
        _preview = preview;
        var on = new Device(device);
        // The driver's events are those of the calling thread's card.
        if (on.type == DeviceType.CUDA) CudaCard.Enter(Math.Max(0, on.index));
        TorchSwitches.Set(on, precision, sameShapes: true);
        _method = options.Create(on, precision, cudaGraph && on.type == DeviceType.CUDA);
        _views = new ViewsBuilder(on);
        _ranks = ranks?.Size ?? 1;
        _others = ranks is { IsAlone: false } ? ranks : null;
        if (ranks is not null) _method.Join(ranks);
        if (initial is not null) _method.InitialiseFrom(initial);
    }

    /// <inheritdoc/>
    public StepTimes Times => _clock.Times with { Exchange = _exchange };

    /// <inheritdoc/>
    public StepResult Step(PairBatch batch, StepSettings settings) => Begin(batch, settings).Read();

    /// <inheritdoc/>
    public StepNumbers Begin(PairBatch batch, StepSettings settings)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settings);
        _clock.Start();
        var own = batch.Pairs.Count;
        var shuffle = StepPermutation.Of(_seed, batch.Step, own * _ranks);
        using var views = _others is not null
            ? _views.Build(batch, [.. Enumerable.Range(0, own)]) with { Shuffle = shuffle }
            : _views.Build(batch, shuffle);
        _preview?.Invoke(batch, views);
        _clock.Ended(StepPart.Transfer);
        var before = _others?.ExchangeSeconds;
        var numbers = _method.Begin(views, settings with { Clock = _clock });
        _exchange = _others?.ExchangeSeconds - before;
        return numbers;
    }

    /// <inheritdoc/>
    public byte[] Checksum() => _method.Checksum();

    /// <inheritdoc/>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => _method.Snapshot(reuse);

    /// <inheritdoc/>
    public void Restore(TrainingSnapshot snapshot) => _method.Restore(snapshot);

    /// <inheritdoc/>
    public void Dispose()
    {
        _views.Dispose();
        _method.Dispose();
    }
}
