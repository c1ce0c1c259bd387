using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;

namespace CACL.Node.Training;

/// <summary>
/// The engines of a run that are still there. A run whose step hangs ends without waiting for it: then the engine's thread is still
/// computing in libtorch.
/// </summary>
internal sealed class LivingEngines
{
    private int _count;

    /// <summary>Whether there is one.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <summary>Makes an engine, on its own thread, and counts it until it is disposed.</summary>
    public ITrainingEngine Make(Func<ITrainingEngine> make)
    {
        Interlocked.Increment(ref _count);
        try
        {
            return new Engine(make(), this);
        }
        catch
        {
            Interlocked.Decrement(ref _count);
            throw;
        }
    }

    private sealed class Engine(ITrainingEngine engine, LivingEngines living) : ITrainingEngine
    {
        public StepTimes Times => engine.Times;

        public StepResult Step(PairBatch batch, StepSettings settings) => engine.Step(batch, settings);

        public StepNumbers Begin(PairBatch batch, StepSettings settings) => engine.Begin(batch, settings);

        public TrainingSnapshot Snapshot(TrainingSnapshot? spent) => engine.Snapshot(spent);

        public void Restore(TrainingSnapshot snapshot) => engine.Restore(snapshot);

        public void Dispose()
        {
            engine.Dispose();
            Interlocked.Decrement(ref living._count);
        }
    }
}
