using System.Diagnostics;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;

namespace CACL.Learning.DataParallel;

/// <summary>
/// The engine of rank 0, whose steps the other ranks take with it: it tells them which, waits until each has its part of the batch, and
/// takes its own. Before its first step, the others take over its state.
/// </summary>
/// <param name="leader">Rank 0's end of the ranks.</param>
/// <param name="engine">The engine, which has joined the ranks. Owned.</param>
public sealed class LeadingEngine(RankLeader leader, ITrainingEngine engine) : ITrainingEngine
{
    private bool _isShared;
    private RankTime _own = RankTime.Unknown;
    private RankTimes? _ofRanks;

    /// <inheritdoc/>
    /// <remarks>What the ranks took is of the step before: they say it when they begin the next one.</remarks>
    public StepTimes Times => engine.Times with { Ranks = _ofRanks };

    /// <inheritdoc/>
    public byte[] Checksum() => engine.Checksum();

    /// <inheritdoc/>
    public StepResult Step(PairBatch batch, StepSettings settings) => Begin(batch, settings).Read();

    /// <inheritdoc/>
    public StepNumbers Begin(PairBatch batch, StepSettings settings)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settings);
        return leader.Together(() =>
        {
            Share();
            var ranks = leader.Ranks;
            StepOrder.Of(batch.Step, settings).Send(ranks);
            RankTime[] times;
            while (!RankAnswer.AllReady(
                ranks, new RankAnswer(RankProgress.Ready) { Time = _own }, RankLeader.GettingReady, out times))
            {
                // Another rank waits for its part of the batch.
            }

            _ofRanks = RankTime.Slowest(times);
            DriftCheck.Make(ranks, engine, batch.Step);
            var began = Stopwatch.GetTimestamp();
            var numbers = engine.Begin(batch, settings);
            _own = RankTime.Of(Stopwatch.GetElapsedTime(began), engine.Times.Exchange);
            return numbers;
        });
    }

    /// <inheritdoc/>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => engine.Snapshot(reuse);

    /// <inheritdoc/>
    public void Restore(TrainingSnapshot snapshot)
    {
        engine.Restore(snapshot);
        _isShared = false;
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private void Share()
    {
        if (_isShared) return;
        var state = engine.Snapshot(reuse: null);
        new RankMessage(RankOrder.TakeState, SharedState.Describe(state)).Send(leader.Ranks);
        SharedState.Send(leader.Ranks, state);
        _isShared = true;
    }
}
