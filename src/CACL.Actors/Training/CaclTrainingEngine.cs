using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Actors.Training;

/// <summary>The real engine: photometry on the training device, then a step of the method.</summary>
public sealed class CaclTrainingEngine : ITrainingEngine
{
    private readonly CaclMethod _cacl;
    private readonly ViewsBuilder _views;
    private readonly StepClock _clock = new();
    private readonly ulong _seed;
    private readonly BatchPreview? _preview;

    /// <summary>An engine at the start of a run.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="initial">Weights that both networks start from; null: from the seed.</param>
    /// <param name="preview">Shows batches to whoever asks; null: nobody does.</param>
    public CaclTrainingEngine(RunOptions options, IReadOnlyList<SnapshotTensor>? initial, BatchPreview? preview = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _seed = options.Sampling.Seed;
        _preview = preview;
        var on = new Device(options.Device);
        _cacl = new CaclMethod(options.Cacl, on);
        _views = new ViewsBuilder(on);
        if (initial is not null) _cacl.StartFrom(initial);
    }

    /// <inheritdoc/>
    public StepResult Step(PairBatch batch, double learningRate, LossWeights weights)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _clock.Start();
        using var views = _views.Build(batch, StepPermutation.Of(_seed, batch.Step, batch.Pairs.Count));
        _preview?.Look(batch, views);
        _clock.Ended(StepPart.Transfer);
        return _cacl.Step(views, learningRate, weights, clock: _clock);
    }

    /// <inheritdoc/>
    public StepTimes Times => _clock.Times;

    /// <inheritdoc/>
    public TrainingSnapshot Snapshot(TrainingSnapshot? spent) => _cacl.Snapshot(spent);

    /// <inheritdoc/>
    public void Restore(TrainingSnapshot snapshot) => _cacl.Restore(snapshot);

    /// <inheritdoc/>
    public void Dispose()
    {
        _views.Dispose();
        _cacl.Dispose();
    }
}
