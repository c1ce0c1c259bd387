using System.Globalization;
using CACL.Data.Processes;
using CACL.Node.Evaluation;
using CACL.Runs.Folder;

namespace CACL.Node.Study;

/// <summary>A training to start or to resume.</summary>
/// <param name="Configuration">File with all its settings.</param>
/// <param name="Run">The run folder.</param>
/// <param name="InitFrom">File of initial weights, or empty.</param>
/// <param name="Log">File for its output.</param>
internal sealed record TrainingJob(string Configuration, string Run, string InitFrom, string Log);

/// <summary>An evaluation to make.</summary>
/// <param name="Checkpoint">Checkpoint, file of weights, or the word random.</param>
/// <param name="Backbone">resnet18 or resnet50 for an untrained network, otherwise empty.</param>
/// <param name="Seed">Seed of an untrained network; otherwise null.</param>
/// <param name="DataSet">The data set, and the protocol.</param>
/// <param name="Configuration">File with the settings of every evaluation.</param>
/// <param name="Out">Folder for its files, new.</param>
/// <param name="Log">File for its output.</param>
/// <param name="Deadline">How long it may take.</param>
internal sealed record EvaluationJob(
    string Checkpoint, string Backbone, ulong? Seed, StudyDataSet DataSet, string Configuration, string Out, string Log, TimeSpan Deadline);

/// <summary>The programs that a study runs.</summary>
internal interface IStudyPrograms
{
    /// <summary>Trains to the end, resuming an existing run; exit code 0: the run is complete.</summary>
    ChildExit Train(TrainingJob job, CancellationToken stop);

    /// <summary>Evaluates; exit code 0: <c>result.json</c> is in the job's folder.</summary>
    ChildExit Evaluate(EvaluationJob job, CancellationToken stop);
}

/// <summary>Runs the verbs <c>train</c> and <c>evaluate</c> of this program, each in a child process.</summary>
internal sealed class StudyPrograms : IStudyPrograms
{
    /// <inheritdoc/>
    public ChildExit Train(TrainingJob job, CancellationToken stop)
    {
        var goOn = File.Exists(Path.Combine(job.Run, RunFolder.ConfigurationName));
        string[] start = goOn ? ["--resume"] : job.InitFrom.Length > 0 ? ["--init-from", job.InitFrom] : [];
        // No deadline: a week-long training has its own watchdog, which ends it when no step finishes.
        return ChildProgram.Run(["train", "--config", job.Configuration, "--run", job.Run, .. start], job.Log, deadline: null, stop);
    }

    /// <inheritdoc/>
    public ChildExit Evaluate(EvaluationJob job, CancellationToken stop) =>
        ChildProgram.Run(Line(job).Arguments, job.Log, job.Deadline, stop);

    /// <summary>Returns the command line of an evaluation.</summary>
    internal static EvaluateCommandLine Line(EvaluationJob job) => new()
    {
        Checkpoint = job.Checkpoint,
        Backbone = job.Backbone.Length > 0 ? job.Backbone : null,
        Kind = job.DataSet.Kind,
        Data = job.DataSet.Folder,
        TrainSplit = job.DataSet.TrainSplit,
        TestSplit = job.DataSet.TestSplit,
        Protocol = job.DataSet.Protocol,
        Fraction = job.DataSet.Fraction,
        SweepRates = job.DataSet.SweepRates,
        Variant = job.DataSet.Variant,
        Configuration = job.Configuration,
        Overrides = job.Seed is { } seed ? [string.Create(CultureInfo.InvariantCulture, $"cacl.seed={seed}")] : [],
        Out = job.Out,
    };
}
