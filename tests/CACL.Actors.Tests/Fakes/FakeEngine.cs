using CACL.Actors.Checkpoints;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A training engine whose state is one number: the sum of what it has seen.</summary>
internal sealed class FakeEngine : ITrainingEngine
{
    private readonly FakeTraining _training;
    private float _state;
    private int _unread;

    public FakeEngine(FakeTraining training)
    {
        _training = training;
        training.Engines.Begin();
    }

    public StepResult Step(PairBatch batch, StepSettings settings)
    {
        var training = _training;
        training.Before?.Invoke(batch.Step);
        Eventually.Pause(training.StepTime);
        var loss = training.NotFiniteAt.Contains(batch.Step) ? double.NaN : 1.0 / (batch.Step + 1);
        if (double.IsFinite(loss)) _state += batch.Pairs.Sum(p => p.First[0] + p.Second[0]);
        lock (training.Settings) training.Settings.Add((batch.Step, settings));
        training.Seen.Add((batch.Step, _state));
        var result = CaclResults.Of(loss, global: loss, top1: 0, rate: settings.LearningRate);
        return training.Spread is { } spread ? CaclResults.With(result, (CaclResults.Metrics.Spread[Heads.Global], spread)) : result;
    }

    public StepNumbers Begin(PairBatch batch, StepSettings settings)
    {
        var result = Step(batch, settings);
        if (!_training.ResultsComeLate) return new(result);
        Assert.InRange(++_unread, 1, 2);
        return new(() =>
        {
            _unread--;
            return result;
        });
    }

    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse)
    {
        Assert.Equal(0, _unread);
        _training.BeforeCopy?.Invoke();
        _training.Copies++;
        _training.Spent.Add(reuse);
        return new([new SnapshotTensor("state", [1], [_training.PoisonCopies ? float.NaN : _state])], new Dictionary<string, long>());
    }

    public void Restore(TrainingSnapshot snapshot) => _state = snapshot.Tensors[0].Values[0];

    public void Dispose()
    {
        _training.BeforeItGoes?.Invoke();
        _training.Engines.End();
    }
}

/// <summary>Controls a fake training and records what it did.</summary>
internal sealed class FakeTraining
{
    public Action<long>? Before { get; set; }

    /// <summary>Whether the result of a step is known only to those who wait for it, as on a card.</summary>
    public bool ResultsComeLate { get; init; }

    /// <summary>Duration of a step, in addition to <see cref="Before"/>.</summary>
    public TimeSpan StepTime { get; init; }

    /// <summary>Called on the loop's thread before a snapshot is taken: may throw.</summary>
    public Action? BeforeCopy { get; set; }

    public HashSet<long> NotFiniteAt { get; init; } = [];

    public bool PoisonCopies { get; init; }

    /// <summary>Spread of the global head's pixels in each step; null: it is not measured.</summary>
    public double? Spread { get; init; }

    /// <summary>Number of snapshots taken so far.</summary>
    public int Copies { get; set; }

    /// <summary>The memory that each copy was given to use again.</summary>
    public List<TrainingSnapshot?> Spent { get; } = [];

    public List<(long Step, float State)> Seen { get; } = [];

    /// <summary>Settings of each step.</summary>
    public List<(long Step, StepSettings Told)> Settings { get; } = [];

    /// <summary>Called on the loop's thread when an engine is disposed: may throw or block.</summary>
    public Action? BeforeItGoes { get; set; }

    /// <summary>Counts the engines.</summary>
    public Lives Engines { get; } = new();
}

/// <summary>Stores checkpoints in memory; fails as often as a test says.</summary>
internal sealed class FakeStorage : ICheckpointStorage
{
    private readonly Lock _gate = new();
    private readonly List<ResumePoint> _written = [];

    public int Failures { get; set; }

    /// <summary>Called on the checkpoint actor's thread before the checkpoint of a step is written: may throw or block.</summary>
    public Action<long>? Before { get; set; }

    /// <summary>Called on the supervisor's thread before the newest checkpoint is read: may throw.</summary>
    public Action? BeforeLoad { get; set; }

    /// <summary>Folder in which each checkpoint gets a file, so that it can be evaluated; null: in memory only.</summary>
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
        Before?.Invoke(step);
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

    public ResumePoint? LoadLatest()
    {
        BeforeLoad?.Invoke();
        return Written is [.., var newest] ? newest : null;
    }
}
