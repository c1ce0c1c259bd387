using CACL.Learning.Weights;

namespace CACL.Actors.Checkpoints;

/// <summary>A state to start from.</summary>
/// <param name="Snapshot">The state.</param>
/// <param name="Step">Steps it has behind it.</param>
/// <param name="SkippedSteps">Steps left out because their losses were not finite.</param>
/// <param name="Path">The checkpoint's folder.</param>
public sealed record ResumePoint(TrainingSnapshot Snapshot, long Step, IReadOnlyList<long> SkippedSteps, string Path);

/// <summary>Where checkpoints lie.</summary>
public interface ICheckpointStorage
{
    /// <summary>Writes a checkpoint so that it is on disk whole or not at all; the path of its folder.</summary>
    /// <exception cref="Learning.Weights.CheckpointException">It could not be written; earlier checkpoints are as they were.</exception>
    string Write(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps);

    /// <summary>The newest checkpoint that is intact, or null.</summary>
    ResumePoint? LoadLatest();
}
