using CACL.Learning.Weights;

namespace CACL.Actors.Checkpoints;

/// <summary>A checkpoint to resume from.</summary>
/// <param name="Snapshot">The training's state.</param>
/// <param name="Step">Steps that the training had done by then.</param>
/// <param name="SkippedSteps">Steps that were skipped because their losses were not finite.</param>
/// <param name="Path">The checkpoint's folder.</param>
public sealed record ResumePoint(TrainingSnapshot Snapshot, long Step, IReadOnlyList<long> SkippedSteps, string Path);

/// <summary>Stores checkpoints.</summary>
public interface ICheckpointStorage
{
    /// <summary>Writes a checkpoint atomically and returns the path of its folder.</summary>
    /// <exception cref="Learning.Weights.CheckpointException">The checkpoint could not be written; earlier ones are unchanged.</exception>
    string Write(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps);

    /// <summary>Returns the newest intact checkpoint, or null.</summary>
    ResumePoint? LoadLatest();
}
