using CACL.Data.Wording;

namespace CACL.Learning.Weights;

/// <summary>
/// The content of state.json: where a run stands, and with what settings it got there. A resumed run needs it besides the tensors.
/// </summary>
public sealed record CheckpointState
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the checkpoint's format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Training steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Epoch of the next step, counted from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Position within that epoch of the next sample, counted from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The architecture, which decides names and shapes.</summary>
    public required CheckpointArchitecture Architecture { get; init; }

    /// <summary>The files and their tensors: the method's own table.</summary>
    public IReadOnlyList<CheckpointFile> Files { get; init; } = CheckpointFile.Former;

    /// <summary>Settings that must be the same when the run is resumed: keys and values as in the run's resolved configuration.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Steps that were skipped because their losses were not finite; they are skipped again when they come again.</summary>
    public IReadOnlyList<long> SkippedSteps { get; init; } = [];

    /// <summary>The snapshot's counters, such as the queues' pointers. Filled in by the store.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>Versions of the programs that wrote it. Filled in by the store.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was written, UTC. Filled in by the store.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>
    /// Returns a line for each setting that differs between the checkpoint and a run that wants to continue from it; none where all are
    /// equal.
    /// </summary>
    public IReadOnlyList<string> SettingsThatDiffer(IReadOnlyDictionary<string, string> now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return Settings.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(key => Then(key) != now.GetValueOrDefault(key))
            .Select(key => $"{key}: checkpoint {Then(key) ?? "(unset)"}, run {now.GetValueOrDefault(key) ?? "(unset)"}")
            .ToArray();

        // Before there was a choice, networks were computed in float32.
        string? Then(string key) => Settings.GetValueOrDefault(key) ?? (key == SettingNames.Precision ? "fp32" : null);
    }
}
