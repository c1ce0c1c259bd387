using CACL.Data.Batches;
using CACL.Learning.Ranks;
using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>
/// What the training loop drives. It owns all tensors of the run, and is created, used and disposed on the loop's thread alone.
/// </summary>
public interface ITrainingEngine : IDisposable
{
    /// <summary>Takes one training step on a batch (METHOD.md §6). Where the losses are not finite, nothing is changed.</summary>
    /// <param name="batch">The batch, which stays the caller's.</param>
    /// <param name="settings">Learning rate, loss weights and progress of the run.</param>
    /// <exception cref="LostRankException">The ranks cannot go on together; the state is as it was before this step.</exception>
    StepResult Step(PairBatch batch, StepSettings settings);

    /// <summary>
    /// Begins the same step, whose result may come later; at most one other step is begun before it is read. The batch's memory is not
    /// needed any more when this returns.
    /// </summary>
    StepNumbers Begin(PairBatch batch, StepSettings settings) => new(Step(batch, settings));

    /// <summary>Returns a checksum of its whole state, 16 bytes; empty where nobody computes one. Called between two steps.</summary>
    byte[] Checksum() => [];

    /// <summary>How long the parts of the last step took; zeros where nobody measures them.</summary>
    StepTimes Times => default;

    /// <summary>Returns a snapshot of the whole state on the host, owned by the caller. Called between two steps only.</summary>
    /// <param name="reuse">An earlier snapshot that nobody needs any more; its memory is reused.</param>
    TrainingSnapshot Snapshot(TrainingSnapshot? reuse);

    /// <summary>Restores a snapshot; the next step continues from it bit for bit.</summary>
    void Restore(TrainingSnapshot snapshot);
}
