using CACL.Actors.Contracts;
using CACL.Data.DataSets;
using CACL.Data.Files;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Working;

/// <summary>
/// Makes a worker's evaluations, each in a child process as a training does: on the data sets of this machine, once it is clear that they
/// are the training's, on this machine's device, and with the training's settings otherwise.
/// </summary>
internal sealed class EvaluationBench : IEvaluationBench
{
    private static readonly string[] Left = ["evaluate.log", "classifier.safetensors", "counts.safetensors"];

    private readonly ResolvedConfiguration _configuration;
    private readonly string _work;
    private readonly OwnProgram _program;
    private readonly string _file;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, string Train, string Test), OrderedData> _known = [];

    /// <summary>Creates the bench of a worker.</summary>
    /// <param name="configuration">The worker's configuration.</param>
    /// <param name="work">A folder for what the evaluations write.</param>
    /// <param name="program">The program to start.</param>
    public EvaluationBench(ResolvedConfiguration configuration, string work, OwnProgram program)
    {
        (_configuration, _work, _program) = (configuration, work, program);
        _file = Path.Combine(work, "worker.conf");
        AtomicFile.WriteText(_file, configuration.Render());
    }

    /// <inheritdoc/>
    public string? WhyNot(OrderedData data) => Find(data).WhyNot;

    /// <inheritdoc/>
    public async Task<MadeEvaluation> EvaluateAsync(EvaluationOrder order, string checkpoint, CancellationToken cancel)
    {
        var (found, whyNot) = Find(order.Data);
        if (found is null) throw new EvaluationFailedException(whyNot!);
        if (order.Settings.FirstOrDefault(setting => !MeasuredSettings.Include(KeyOf(setting))) is { } other)
            throw new EvaluationFailedException($"{KeyOf(other)} is no setting of evaluations here");
        var folder = Path.Combine(_work, Guid.NewGuid().ToString("N"));
        try
        {
            var dataSet = found with { TrainSplit = order.Data.Train.Name, TestSplit = order.Data.Test.Name };
            var engine = new EvaluationProcess(_program, [dataSet], _file, folder, threads: 0) { Overrides = order.Settings };
            var request = new EvaluationRequest(
                order.Target with { DataSet = dataSet.Name }, order.Step, EvaluationTrigger.Request, checkpoint);
            var result = await engine.EvaluateAsync(request, cancel).ConfigureAwait(false);
            var results = Path.Combine(folder, EvaluationProcess.FolderOf(request));
            return new MadeEvaluation(
                result,
                Left.Where(name => File.Exists(Path.Combine(results, name)))
                    .ToDictionary(name => name, name => RegularFile.ReadAllBytes(Path.Combine(results, name))));
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    // That of the same name first; a training may have a data set twice, under two names.
    private (EvaluatedDataSet? Found, string? WhyNot) Find(OrderedData wanted)
    {
        var own = _configuration.Settings.TrainingEvaluation.DataSets;
        string? why = null;
        foreach (var dataSet in own.OrderBy(dataSet => dataSet.Name != wanted.Name))
        {
            try
            {
                if (DataSetIdentity.Difference(Identity(dataSet, wanted), wanted) is not { } difference) return (dataSet, null);
                if (dataSet.Name == wanted.Name) why = $"its {wanted.Name} is another data set: {difference}";
            }
            catch (DataSetException cause)
            {
                if (dataSet.Name == wanted.Name) why = cause.Message.TrimEnd('.');
            }
        }

        return (null, why ?? $"it has no data set {wanted.Name}, but {string.Join(", ", own.Select(dataSet => dataSet.Name))}");
    }

    private OrderedData Identity(EvaluatedDataSet dataSet, OrderedData wanted)
    {
        lock (_gate)
        {
            var key = (dataSet.Name, wanted.Train.Name, wanted.Test.Name);
            if (!_known.TryGetValue(key, out var known))
                known = _known[key] = DataSetIdentity.Of(dataSet, wanted.Train.Name, wanted.Test.Name);
            return known;
        }
    }

    private static string KeyOf(string setting) => ConfigurationFiles.SplitOverride(setting).Key;
}
