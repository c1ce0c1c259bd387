using System.Globalization;
using CACL.Actors.Evaluation;
using CACL.Data.DataSets;
using CACL.Data.Wording;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Runs.Folder;
using Serilog;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>
/// Prepares a training's out-of-process evaluations. Data sets are checked when the training starts, so that a misspelt folder is not
/// discovered hours later.
/// </summary>
internal static class OutOfProcessEvaluations
{
    /// <summary>Checks that the data sets exist; reads no image.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="what">What cannot be done without them, for the message.</param>
    /// <exception cref="UserException">One of them does not, or is empty.</exception>
    public static void Check(RunSettings settings, string what = "The training cannot be evaluated")
    {
        foreach (var dataSet in settings.TrainingEvaluation.DataSets)
        {
            try
            {
                var opened = SegmentationDataSets.Open(dataSet.Kind, dataSet.Data);
                var train = Named(dataSet.TrainSplit, settings.Evaluation.TrainSplit, opened.DefaultTrainSplit);
                var test = Named(dataSet.TestSplit, settings.Evaluation.TestSplit, opened.DefaultTestSplit);
                Log.Debug(
                    "{DataSet}: {Train} images to learn from, {Test} to score", dataSet.Name, opened.Items(train).Count,
                    opened.Items(test).Count);
            }
            catch (DataSetException e)
            {
                throw new UserException($"{what} on {dataSet.Name} (cacl.evaluation.datasets): {e.Message}", e);
            }
        }
    }

    /// <summary>Returns the engine of a run, or null if nothing is to be evaluated.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="device">The device that the training uses.</param>
    public static IEvaluationEngine? Engine(RunSettings settings, RunFolder folder, string device)
    {
        var dataSets = settings.TrainingEvaluation.DataSets;
        if (dataSets.Count == 0) return null;
        var threads = Threads(settings, device);
        Log.Information(
            "The training is evaluated on {DataSets}: {When}; {Threads} beside it",
            string.Join(", ", settings.TrainingEvaluation.ToOptions().Targets),
            Words(settings.TrainingEvaluation), Counted.Of(threads, "thread"));
        return new EvaluationProcess(OwnProgram.Find(), dataSets, folder.ResolvedConfiguration, folder.EvaluationResults, threads);
    }

    /// <summary>Returns what has a run's evaluations made on workers, or null if nothing is to be evaluated.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="device">The device that the training uses.</param>
    public static EvaluationOrders? Orders(ResolvedConfiguration configuration, RunFolder folder, string device) =>
        configuration.Settings.TrainingEvaluation.DataSets.Count == 0
            ? null
            : new EvaluationOrders(configuration, folder.EvaluationResults, Threads(configuration.Settings, device));

    private static int Threads(RunSettings settings, string device) =>
        settings.Evaluation.Threads > 0 ? settings.Evaluation.Threads : ThreadsBeside(device);

    private static string Named(string? own, string settings, string usual) => own ?? (settings.Length > 0 ? settings : usual);

    // A training on the CPU takes the cores; one on a GPU leaves half of them free.
    private static int ThreadsBeside(string device) => device == "cpu" ? 1 : Math.Max(1, Environment.ProcessorCount / 2);

    private static IEnumerable<string> Words(int steps, int epochs)
    {
        if (steps > 0) yield return string.Create(CultureInfo.InvariantCulture, $"every {steps} steps");
        if (epochs > 0) yield return string.Create(CultureInfo.InvariantCulture, $"every {epochs} epochs");
    }

    private static string Words(TrainingEvaluationSettings settings)
    {
        var words = new List<string>();
        if (settings.DataSets.Any(d => d.Period is null)) words.AddRange(Words(settings.EverySteps, settings.EveryEpochs));
        foreach (var dataSet in settings.DataSets.Where(d => d.Period is not null))
            words.AddRange(Words(dataSet.EverySteps ?? 0, dataSet.EveryEpochs ?? 0).Select(period => $"{dataSet.Name} {period}"));
        words.AddRange(settings.When.Select(c => $"when {c}"));
        if (settings.AtEnd) words.Add("at the end");
        words.Add("on demand");
        return string.Join(", ", words);
    }
}
