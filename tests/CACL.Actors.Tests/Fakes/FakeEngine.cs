using CACL.Actors.Checkpoints;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A training whose whole state is one number: the sum of what it has seen.</summary>
internal sealed class FakeEngine(FakeTraining training) : ITrainingEngine
{
    private float _state;

    public StepResult Step(PairBatch batch, StepSettings settings)
    {
        training.Before?.Invoke(batch.Step);
        var loss = training.NotFiniteAt.Contains(batch.Step) ? double.NaN : 1.0 / (batch.Step + 1);
        if (double.IsFinite(loss)) _state += batch.Pairs.Sum(p => p.First[0] + p.Second[0]);
        lock (training.Settings) training.Settings.Add((batch.Step, settings));
        training.Seen.Add((batch.Step, _state));
        return CaclResults.Of(loss, global: loss, top1: 0, rate: settings.LearningRate);
    }

    public TrainingSnapshot Snapshot(TrainingSnapshot? spent)
    {
        training.Copies++;
        return new([new SnapshotTensor("state", [1], [training.PoisonCopies ? float.NaN : _state])], new Dictionary<string, long>());
    }

    public void Restore(TrainingSnapshot snapshot) => _state = snapshot.Tensors[0].Values[0];

    public void Dispose() => training.Disposed = true;
}

/// <summary>What a fake training does and what was seen of it.</summary>
internal sealed class FakeTraining
{
    public Action<long>? Before { get; set; }

    public HashSet<long> NotFiniteAt { get; init; } = [];

    public bool PoisonCopies { get; init; }

    /// <summary>Copies of the state made so far.</summary>
    public int Copies { get; set; }

    public List<(long Step, float State)> Seen { get; } = [];

    /// <summary>What each step was told.</summary>
    public List<(long Step, StepSettings Told)> Settings { get; } = [];

    public bool Disposed { get; set; }
}

/// <summary>Checkpoints in memory; fails as often as told.</summary>
internal sealed class FakeStorage : ICheckpointStorage
{
    private readonly Lock _gate = new();
    private readonly List<ResumePoint> _written = [];

    public int Failures { get; set; }

    /// <summary>Where a file is written for each checkpoint, so that it can be evaluated; null: in memory only.</summary>
    public string? Folder { get; set; }

    /// <summary>Removes all but the newest checkpoint's files, as a real store with keep = 1 does.</summary>
    public bool Prunes { get; init; }

    public IReadOnlyList<ResumePoint> Written
    {
        get
        {
            lock (_gate) return [.. _written];
        }
    }

    public string Write(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps)
    {
        lock (_gate)
        {
            if (Failures > 0)
            {
                Failures--;
                throw new IOException("No space left on device.");
            }

            var path = Folder is null ? $"step-{step:00000000}" : Put(Folder, step, snapshot);
            _written.Add(new ResumePoint(snapshot, step, skippedSteps, path));
            return path;
        }
    }

    private string Put(string folder, long step, TrainingSnapshot snapshot)
    {
        if (Prunes && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var path = Path.Combine(folder, $"step-{step:00000000}");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "state"), $"{snapshot.Tensors[0].Values[0]:R}");
        return path;
    }

    public ResumePoint? LoadLatest() => Written is [.., var newest] ? newest : null;
}
