using CACL.Actors.Contracts;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Runs.Steps;

namespace CACL.Actors.Checkpoints;

/// <summary>Stores a run's checkpoints in its run folder, and adds to each what a resumed run must know.</summary>
public sealed class CheckpointStorage(CheckpointStore store, RunOptions options, RunLength length) : ICheckpointStorage
{
    /// <summary>Called with a sentence for each checkpoint that turned out to be damaged.</summary>
    public Action<string>? Warned { get; init; }

    /// <inheritdoc/>
    public string Write(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps)
    {
        var (epoch, position) = length.PlaceAfter(step);
        var written = store.Save(
            new CheckpointState
            {
                Step = step,
                Epoch = epoch,
                Position = position,
                Seed = options.Sampling.Seed,
                Architecture = options.Method.Architecture,
                Files = options.Method.CheckpointFiles,
                Settings = options.Fingerprint,
                SkippedSteps = skippedSteps,
            },
            snapshot);
        // It is the rarest thing that a training does again and again.
        NativeHeap.GiveBack();
        return written;
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The checkpoint belongs to another architecture or to other settings; the message shows the
    /// difference.</exception>
    public ResumePoint? LoadLatest()
    {
        var latest = store.LoadLatest();
        foreach (var warning in latest.Warnings) Warned?.Invoke(warning);
        if (latest.Checkpoint is not { } checkpoint) return null;
        checkpoint.RequireSame(options.Method.Architecture, options.Fingerprint);
        return new ResumePoint(checkpoint.Snapshot, checkpoint.State.Step, checkpoint.State.SkippedSteps, checkpoint.Folder);
    }
}
