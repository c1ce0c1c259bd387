namespace CACL.Learning.Weights;

/// <summary>state.json: where a run stands, and under what settings it got there. What a resumed run needs beside the tensors.</summary>
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

    /// <summary>What decides names and shapes.</summary>
    public required CheckpointArchitecture Architecture { get; init; }

    /// <summary>Which file holds which tensors: the method's own table.</summary>
    public IReadOnlyList<CheckpointFile> Files { get; init; } = CheckpointFile.Former;

    /// <summary>Settings that must be the same when the run goes on: key to value, as the run's resolved configuration has them.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Steps left out because their losses were not finite; they are left out again when they come again.</summary>
    public IReadOnlyList<long> SkippedSteps { get; init; } = [];

    /// <summary>The snapshot's whole numbers, such as the queues' next places. Filled in by the store.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>Versions of what wrote it. Filled in by the store.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was written, UTC. Filled in by the store.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>
    /// A line for each setting that differs between the checkpoint and a run that wants to go on from it; none where all are equal.
    /// </summary>
    public IReadOnlyList<string> SettingsThatDiffer(IReadOnlyDictionary<string, string> now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return Settings.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(key => Settings.GetValueOrDefault(key) != now.GetValueOrDefault(key))
            .Select(key =>
                $"{key}: checkpoint {Settings.GetValueOrDefault(key) ?? "(unset)"}, run {now.GetValueOrDefault(key) ?? "(unset)"}")
            .ToArray();
    }
}
