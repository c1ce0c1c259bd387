using CACL.Learning.Networks;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>What a study consists of, and which parts of it are finished on the disk.</summary>
internal sealed class StudyState
{
    private readonly StudyPlan _plan;
    private readonly StudyFolder _folder;
    private readonly Dictionary<StudyTraining, ResolvedConfiguration> _settings;

    /// <summary>Reads the state of a study.</summary>
    /// <exception cref="UserException">A preset or a setting is wrong.</exception>
    public StudyState(StudyPlan plan, StudyFolder folder)
    {
        _plan = plan;
        _folder = folder;
        Trainings = [.. plan.Seeds.SelectMany(
            seed => plan.Rows.Where(r => r.Source == StudySource.Training).Select(row => new StudyTraining(row, seed)))];
        _settings = Trainings.ToDictionary(t => t, t => StudySettings.OfTraining(plan, t.Row, t.Seed));
    }

    /// <summary>All trainings, in the order in which they are run.</summary>
    public IReadOnlyList<StudyTraining> Trainings { get; }

    /// <summary>The finished trainings.</summary>
    public IReadOnlyList<(StudyTraining Training, FinishedTraining Finished)> Finished =>
        [.. Trainings.Select(
            t => (Training: t, Finished: _folder.Finished(t))).Where(t => t.Finished is not null).Select(t => (t.Training, t.Finished!))];

    /// <summary>All finished evaluations, ordered by row, seed, step and data set.</summary>
    public IReadOnlyList<StudyValue> Values => [.. _plan.Rows.SelectMany(row => _plan.Seeds.SelectMany(seed => ValuesOf(row, seed)))];

    /// <summary>Returns the settings of a training.</summary>
    public ResolvedConfiguration Settings(StudyTraining training) => _settings[training];

    /// <summary>Returns the evaluations of the network from which a training starts; none if only the end is evaluated.</summary>
    public IReadOnlyList<StudyEvaluation> Starts(StudyTraining training)
    {
        var model = _settings[training].Settings.Model;
        if (_plan.EvaluateEverySteps == 0) return [];
        if (training.Row.Weights.Length > 0) return [.. _plan.DataSets.Select(d => StudyEvaluation.OfWeights(d, training.Row.Weights))];
        // An untrained network is evaluated with the default padding only.
        if (model.Padding != Padding.Zeros) return [];
        return [.. _plan.DataSets.Select(d => StudyEvaluation.OfRandom(d, model.Backbone.ToString().ToLowerInvariant(), training.Seed))];
    }

    /// <summary>Returns the evaluations of a row with a seed; for a training, those after its start, once it is finished.</summary>
    public IReadOnlyList<StudyEvaluation> Evaluations(StudyRow row, ulong seed) => row.Source switch
    {
        StudySource.Random => [.. _plan.DataSets.Select(d => StudyEvaluation.OfRandom(d, row.Backbone, seed))],
        StudySource.Weights => seed == _plan.Seeds[0] ? [.. _plan.DataSets.Select(d => StudyEvaluation.OfWeights(d, row.Weights))] : [],
        _ => [.. Steps(new StudyTraining(row, seed)).SelectMany(
            step => _plan.DataSets.Select(d => At(d, new StudyTraining(row, seed), step)))],
    };

    /// <summary>Deletes all checkpoints of a training but the last, after they have been evaluated.</summary>
    public void RemoveCheckpoints(StudyTraining training)
    {
        if (_folder.Finished(training) is not { } finished) return;
        var folder = Path.Combine(_folder.Run(training), "checkpoints");
        foreach (var checkpoint in Directory.Exists(folder) ? Directory.GetDirectories(folder, "step-*") : [])
        {
            if (checkpoint != At(_plan.DataSets[0], training, finished.Steps).Checkpoint) Directory.Delete(checkpoint, recursive: true);
        }
    }

    /// <summary>Returns an estimate of the seconds until the study is done; null if none is possible.</summary>
    public double? SecondsLeft(StudyTraining current, TrainingPace pace)
    {
        var later = Trainings.Count(t => t != current && _folder.Finished(t) is null);
        var seconds = Values.Select(v => v.Result.Seconds).ToList();
        var judged = _plan.EvaluateEverySteps > 0 ? ((pace.Steps + _plan.EvaluateEverySteps - 1) / _plan.EvaluateEverySteps) : 1;
        var evaluations = (later + 1) * judged * _plan.DataSets.Count;
        if (seconds.Count == 0) return null;
        return pace.Left + (later * pace.Steps * pace.SecondsAStep) + (evaluations * seconds.Average());
    }

    private IEnumerable<StudyValue> ValuesOf(StudyRow row, ulong seed)
    {
        if (row.Source != StudySource.Training)
        {
            return Found(row, row.Source == StudySource.Random ? seed : null, 0, true, Evaluations(row, seed));
        }

        var training = new StudyTraining(row, seed);
        var end = _folder.Finished(training)?.Steps;
        return Found(row, seed, 0, false, Starts(training)).Concat(
            Steps(training).SelectMany(step => Found(row, seed, step, step == end, _plan.DataSets.Select(d => At(d, training, step)))));
    }

    private IEnumerable<StudyValue> Found(StudyRow row, ulong? seed, long step, bool last, IEnumerable<StudyEvaluation> evaluations) =>
        evaluations.Select(e => (Evaluation: e, Result: _folder.Result(e))).Where(e => e.Result is not null)
            .Select(e => new StudyValue(row, seed, step, last, e.Evaluation.DataSet, e.Result!) { Counts = _folder.Counts(e.Evaluation) });

    private IEnumerable<long> Steps(StudyTraining training)
    {
        if (_folder.Finished(training) is not { Steps: > 0 and var end }) yield break;
        for (var step = _plan.EvaluateEverySteps; step > 0 && step < end; step += _plan.EvaluateEverySteps) yield return step;
        yield return end;
    }

    private StudyEvaluation At(StudyDataSet set, StudyTraining training, long step) =>
        StudyEvaluation.OfStep(set, training, Path.Combine(_folder.Run(training), "checkpoints", $"step-{step:D8}"), step);
}
