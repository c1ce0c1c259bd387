using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>
/// What a run folder says about the videos on which the run was trained: their identity in run.json or in a checkpoint or,
/// without these, their number, which follows from the epochs in metrics.jsonl. With other videos every plan would be different.
/// </summary>
internal sealed class KnownVideos
{
    private readonly string? _identity;
    private readonly RecordedStep? _last;
    private readonly int _batchSize;

    /// <summary>Reads what is known for a run.</summary>
    /// <param name="folder">Run folder.</param>
    /// <param name="facts">Its run.json, or null.</param>
    /// <param name="checkpoints">Its checkpoints.</param>
    /// <param name="batchSize">Pairs of a step.</param>
    public KnownVideos(string folder, RunFacts? facts, CheckpointStore checkpoints, int batchSize)
    {
        _batchSize = batchSize;
        _identity = facts?.Videos ?? TrainingVideos.IdentityIn(checkpoints);
        if (_identity is null) _last = RecordedSteps.Read(folder, 1, 0).Last;
    }

    /// <summary>Returns whether these can be the run's videos.</summary>
    public bool Are(VideoShape[] videos)
    {
        if (videos.Length == 0) return false;
        if (_identity is not null) return new TrainingVideos(videos, []).Identity == _identity;
        // The line has six digits of the fraction.
        return _last is not { } last || Math.Abs(((double)last.Step * _batchSize / videos.Length) - last.Epoch) < 2e-6;
    }

    /// <summary>Returns the exception for when no videos fit.</summary>
    public UserException Differ(VideoCatalog catalog, VideoShape[] now)
    {
        var then = _identity
            ?? (_last is { Epoch: > 0 } last ? $"{Math.Round(last.Step * _batchSize / last.Epoch):0} videos" : "none is recorded");
        var today = now.Length == 0 ? "none of cacl.data.videos" : new TrainingVideos(now, []).Identity;
        return new UserException(
            $"The catalogue {catalog.Path} does not hold the videos that the run was trained on (then: {then}; now: {today}), so its "
                + "samples cannot be told. "
            + "Name the catalogue as it was then with --set cacl.data.catalog=FILE, or, if the videos were moved, where they lie with "
            + "--set cacl.data.videos=DIR and a catalogue scanned there.");
    }
}
