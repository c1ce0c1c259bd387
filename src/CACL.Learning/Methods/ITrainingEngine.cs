using CACL.Data.Batches;
using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>What the training loop drives: all tensors of the run. Created, used and disposed on the loop's thread alone.</summary>
public interface ITrainingEngine : IDisposable
{
    /// <summary>
    /// One training step on a batch (METHOD.md §6). Where the losses are not finite, nothing is changed.
    /// </summary>
    /// <param name="batch">Stays the caller's.</param>
    /// <param name="settings">Learning rate, weights, place in the run.</param>
    StepResult Step(PairBatch batch, StepSettings settings);

    /// <summary>How long the parts of the last step took; zeros where that is not measured.</summary>
    StepTimes Times => default;

    /// <summary>A host copy of the whole state, owned by the caller. Called between two steps only.</summary>
    /// <param name="spent">An earlier copy that nobody needs any more; its memory is used again.</param>
    TrainingSnapshot Snapshot(TrainingSnapshot? spent);

    /// <summary>Takes over a state; the next step continues it bit for bit.</summary>
    void Restore(TrainingSnapshot snapshot);
}
