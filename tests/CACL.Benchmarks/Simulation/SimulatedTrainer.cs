using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;

namespace CACL.Benchmarks.Simulation;

/// <summary>A training engine whose steps take their time in virtual time, and which measures how long it waited between them.</summary>
/// <param name="time">The clock.</param>
/// <param name="step">Time of a step.</param>
internal sealed class SimulatedTrainer(VirtualTime time, TimeSpan step) : ITrainingEngine
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _woken = new(0);
    private TimeSpan _computed;
    private TimeSpan _free;
    private bool _inStep;

    public long Pairs { get; private set; }

    /// <summary>Begins to measure.</summary>
    public void Begin()
    {
        lock (_gate) (_computed, Pairs, _free) = (TimeSpan.Zero, 0, time.Now);
    }

    /// <summary>Share of the time since <see cref="Begin"/> in which no step was computed.</summary>
    public double Waiting(TimeSpan since)
    {
        lock (_gate)
        {
            var computed = _computed + (_inStep ? time.Now - _free : TimeSpan.Zero);
            return 1 - (computed / since);
        }
    }

    public StepResult Step(PairBatch batch, StepSettings settings)
    {
        lock (_gate) (_free, _inStep) = (time.Now, true);
        time.In(step, () => _woken.Release());
        _woken.Wait();
        lock (_gate)
        {
            _computed += time.Now - _free;
            Pairs += batch.Pairs.Count;
            _inStep = false;
        }

        return InventedEngine.Result;
    }

    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => new([], new Dictionary<string, long>());

    public void Restore(TrainingSnapshot snapshot)
    {
    }

    public void Dispose()
    {
    }
}
