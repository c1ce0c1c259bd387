namespace CACL.Learning.Weights;

/// <summary>A checkpoint that was read completely and found intact.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="State">Where the run stood.</param>
/// <param name="Snapshot">Every tensor of the run.</param>
public sealed record Checkpoint(string Folder, CheckpointState State, TrainingSnapshot Snapshot)
{
    /// <summary>Throws if a run would continue with another architecture or other settings.</summary>
    /// <exception cref="CheckpointException">The message lists each difference.</exception>
    public void RequireSame(CheckpointArchitecture architecture, IReadOnlyDictionary<string, string> settings)
    {
        var differences = State.Architecture.DifferencesFrom(architecture);
        if (differences.Count > 0)
        {
            throw new CheckpointException(
                Folder,
                $"{Folder} is a checkpoint of another architecture ({string.Join("; ", differences)}). "
                + "Set these back to continue it, or start a new run in another folder.");
        }

        differences = State.SettingsThatDiffer(settings);
        if (differences.Count > 0)
        {
            throw new CheckpointException(
                Folder,
                $"{Folder} was written under other settings ({string.Join("; ", differences)}). "
                + "Set these back to resume, or start a new run in another folder with --init-from.");
        }
    }
}

/// <summary>The newest usable checkpoint of a run, and what was wrong with newer ones or with the link to it.</summary>
/// <param name="Checkpoint">The checkpoint, or null where the folder contains no intact one.</param>
/// <param name="Warnings">A sentence for each checkpoint that had to be skipped, preceded by one if <c>latest</c> was lost.</param>
public sealed record LatestCheckpoint(Checkpoint? Checkpoint, IReadOnlyList<string> Warnings);
