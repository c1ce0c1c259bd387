using System.Diagnostics;
using CACL.Data.Processes;
using CACL.Data.Wording;
namespace CACL.Node.Study;

/// <summary>
/// Runs what is missing of a study: every row for each seed, first trained and then evaluated. A failure is noted, and the next one is
/// begun. What is done is on the disk, so the same study continues wherever it was stopped.
/// </summary>
internal sealed class StudyRunner
{
    private readonly StudyPlan _plan;
    private readonly StudyFolder _folder;
    private readonly IStudyPrograms _programs;
    private readonly StudyDisplay _display;
    private readonly StudyState _state;
    private readonly Action<StudyState, IReadOnlyList<string>, bool> _report;
    private readonly CancellationToken _stop;
    private readonly List<string> _failures = [];

    /// <summary>Creates a runner for a study.</summary>
    /// <param name="plan">The study.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="programs">The programs that train and evaluate.</param>
    /// <param name="display">Where it shows its progress.</param>
    /// <param name="report">Called after every finished evaluation and at the end, with the failures and whether everything is
    /// done.</param>
    /// <param name="stop">Stops it; what is running saves itself.</param>
    public StudyRunner(
        StudyPlan plan, StudyFolder folder, IStudyPrograms programs, StudyDisplay display,
        Action<StudyState, IReadOnlyList<string>, bool> report, CancellationToken stop)
    {
        _plan = plan;
        _folder = folder;
        _programs = programs;
        _display = display;
        _state = new StudyState(plan, folder);
        _report = report;
        _stop = stop;
    }

    /// <summary>Runs what is missing.</summary>
    /// <returns>The failures, a sentence for each; empty: the study is complete.</returns>
    /// <exception cref="OperationCanceledException">The study was stopped.</exception>
    public IReadOnlyList<string> Run()
    {
        WriteConfigurations();
        foreach (var seed in _plan.Seeds)
        {
            foreach (var row in _plan.Rows) Do(row, seed);
        }

        foreach (var table in _plan.DataSets.Select(d => StudyTable.Of(d, _state.Values)).Where(t => t.Strange.Count > 0))
        {
            _failures.Add($"{table.Strange.Count} of the results on {table.DataSet.Name} cannot be compared with the others: "
                + $"{table.Difference[0]}. They are left out of the table; study.md names them.");
        }

        _report(_state, _failures, _failures.Count == 0);
        return _failures;
    }

    private void WriteConfigurations()
    {
        StudyFolder.Write(_folder.EvaluationConfiguration, StudySettings.OfEvaluation(_plan).Render());
        foreach (var training in _state.Trainings)
            StudyFolder.Write(_folder.TrainingConfiguration(training), _state.Settings(training).Render());
    }

    private void Do(StudyRow row, ulong seed)
    {
        var training = new StudyTraining(row, seed);
        if (row.Source == StudySource.Training)
        {
            // The start comes first: it needs no training, and the curve begins there.
            Judge(_state.Starts(training));
            if (!Train(training)) return;
        }

        var evaluations = _state.Evaluations(row, seed);
        Judge(evaluations);
        if (row.Source == StudySource.Training && !_plan.KeepCheckpoints && evaluations.All(e => _folder.Result(e) is not null))
            _state.RemoveCheckpoints(training);
    }

    private bool Train(StudyTraining training)
    {
        if (_folder.Finished(training) is not null) return true;
        _stop.ThrowIfCancellationRequested();
        var run = _folder.Run(training);
        OrphanedTraining.End(run, _display.Say, _stop);
        var settings = _state.Settings(training).Settings.Training;
        _display.Say($"{Place(training)}: training.");
        ChildExit end;
        using (_display.Show(() => Pace(training, TrainingPace.Read(run, settings))))
        {
            end = _programs.Train(
                new TrainingJob(_folder.TrainingConfiguration(training), run, training.Row.Weights, _folder.Log(training.FileName)), _stop);
        }

        _stop.ThrowIfCancellationRequested();
        if (!end.IsSuccess)
        {
            Fail($"{Name(training)}: the training failed: it {end.Description} ({_folder.Log(training.FileName)})");
            return false;
        }

        var finished = TrainingPace.Sum(run);
        _folder.Finish(training, finished);
        _display.Say($"{Name(training)}: {finished.Steps} steps in {StudyDisplay.Clock(finished.Seconds)}.");
        return true;
    }

    private void Judge(IEnumerable<StudyEvaluation> evaluations)
    {
        foreach (var evaluation in evaluations.Where(e => _folder.Result(e) is null)) Judge(evaluation);
    }

    private void Judge(StudyEvaluation evaluation)
    {
        _stop.ThrowIfCancellationRequested();
        var what = $"{evaluation.Subject} on {evaluation.DataSet.Name}";
        var made = _folder.NewEvaluation();
        var began = Stopwatch.GetTimestamp();
        ChildExit end;
        using (_display.Show(() => $"{what}: evaluating for {StudyDisplay.Clock(Stopwatch.GetElapsedTime(began).TotalSeconds)}"))
        {
            end = _programs.Evaluate(
                new EvaluationJob(
                    evaluation.Checkpoint, evaluation.Backbone, evaluation.Seed, evaluation.DataSet, _folder.EvaluationConfiguration, made,
                    _folder.Log($"evaluate-{evaluation.DataSet.FileName}-{evaluation.Subject}"), _plan.EvaluationDeadline),
                _stop);
        }

        if (end.IsSuccess && !File.Exists(Path.Combine(made, StudyResult.FileName)))
            end = new ChildExit(1, [$"It left no {StudyResult.FileName}."]);
        if (end.ExitCode == 0)
        {
            _folder.Keep(evaluation, made);
            var result = _folder.Result(evaluation)!;
            var scores = $"mIoU {Share(result.Miou)}, mAcc {Share(result.Macc)}, aAcc {Share(result.Aacc)}";
            _display.Say(FormattableString.Invariant($"{what}: {scores} ({result.Seconds:0} s)."));
            _report(_state, _failures, false);
            return;
        }

        Directory.Delete(made, recursive: true);
        _stop.ThrowIfCancellationRequested();
        Fail($"{what}: the evaluation failed: it {end.Description}");
    }

    private void Fail(string sentence)
    {
        _failures.Add(sentence);
        _display.Say(sentence);
        _report(_state, _failures, false);
    }

    private string Place(StudyTraining training) =>
        $"{Name(training)} ({_state.Trainings.TakeWhile(t => t != training).Count() + 1} of {_state.Trainings.Count} trainings)";

    private static string Share(double? share) => share is { } s ? Percent.Number(s, 1) : "";

    private static string Name(StudyTraining training) => $"{training.Row.Name}, seed {training.Seed}";

    private string Pace(StudyTraining training, TrainingPace? pace) => pace is null
        ? $"{Place(training)}: starting"
        : FormattableString.Invariant($"{Place(training)}: step {pace.Step} of {pace.Steps}, {pace.SecondsAStep:0.00} s a step, ")
            + $"{StudyDisplay.Clock(pace.Left)} to go; the study {StudyDisplay.Clock(_state.SecondsLeft(training, pace))}";
}
