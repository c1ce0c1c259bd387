using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Configuration.Keys;
using CACL.Data.DataSets;
using CACL.Data.Files;
using CACL.Data.Processes;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>
/// Makes out-of-process evaluations: each runs <c>cacl evaluate</c> in a child process, so that whatever goes wrong there, down to its
/// memory, stays there. The child has low priority, is the first to be killed when memory runs out, and ends with this process however that
/// ends.
/// </summary>
internal sealed class EvaluationProcess : IEvaluationEngine
{
    /// <summary>The setting of the number of threads.</summary>
    public const string ThreadsKey = "cacl.evaluation.threads";

    private const int LongestResult = 4 << 20;

    /// <summary>When memory runs out, the kernel kills the process with the highest number, from -1000 to 1000.</summary>
    private const int OutOfMemoryScore = 500;

    private const int MostLog = 1 << 20;

    private static readonly IReadOnlyList<string> SettingVariables = [.. KnownKeys.All.Select(EnvironmentOverrides.Variable)];

    private readonly OwnProgram _program;
    private readonly Dictionary<string, EvaluatedDataSet> _dataSets;
    private readonly string _configuration;
    private readonly string _results;
    private readonly int _threads;

    /// <summary>Creates an engine for one run.</summary>
    /// <param name="program">The program to start.</param>
    /// <param name="dataSets">The data sets that requests name.</param>
    /// <param name="configuration">File with the settings of the run.</param>
    /// <param name="results">Folder in which each evaluation gets a folder for its results.</param>
    /// <param name="threads">Threads of the tensor library.</param>
    public EvaluationProcess(
        OwnProgram program, IReadOnlyList<EvaluatedDataSet> dataSets, string configuration, string results, int threads)
    {
        _program = program;
        _dataSets = dataSets.ToDictionary(d => d.Name);
        _configuration = configuration;
        _results = results;
        _threads = threads;
    }

    /// <summary>More settings, <c>key=value</c>, which override the file's.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <inheritdoc/>
    public async Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var folder = Path.Combine(_results, FolderOf(request));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        FileSync.MakeFolder(folder);
        using var log = new ChildLog(Path.Combine(folder, "evaluate.log"), append: false, MostLog);
        var result = new LastLines(1, LongestResult);
        using var process = Start(request, folder, log, result, cancel);
        process.LowerPriority(OutOfMemoryScore); // before it has threads of its own, which inherit both
        // It ends when it has done its work or is cancelled: the caller enforces the deadline.
        var end = await process.WaitForExitAsync().ConfigureAwait(false);
        if (!end.IsSuccess) throw new EvaluationFailedException($"it {end.Description}");
        if (!process.HasReadAll) throw new EvaluationFailedException("it ended, but something it started still holds its output");
        return Parse(result.Lines);
    }

    private ChildProcess Start(EvaluationRequest request, string folder, ChildLog log, LastLines result, CancellationToken cancel)
    {
        // The configuration file contains the settings of this run wherever they came from; an environment variable would override it.
        var environment = SettingVariables.ToDictionary(variable => variable, _ => (string?)null);
        environment[ParentWatch.Variable] = "1";
        var start = new ChildStartInfo(_program.FileName, [.. _program.Arguments, .. LineFor(request, folder).Arguments])
        {
            KeepsInputOpen = true, // held open: when it closes, the child knows that this process is gone
            Environment = environment,
            OnError = log.Write,
            OnOutput = text =>
            {
                log.Write(text);
                result.Add(text.Span);
            },
        };
        try
        {
            return new ChildProcess(start, cancel);
        }
        catch (ChildStartException e)
        {
            throw new EvaluationFailedException(e.Message, e);
        }
    }

    private EvaluateCommandLine LineFor(EvaluationRequest request, string folder)
    {
        var (target, dataSet) = (request.Target, _dataSets[request.Target.DataSet]);
        return new EvaluateCommandLine
        {
            Checkpoint = request.Checkpoint,
            Kind = SegmentationDataSets.Word(dataSet.Kind),
            Data = dataSet.Data,
            TrainSplit = dataSet.TrainSplit,
            TestSplit = dataSet.TestSplit,
            Protocol = target.Protocol,
            Fraction = target.Fraction,
            Variant = target.Variant,
            Configuration = _configuration,
            // It opens no port, and the token without which others may not be let in is in no file.
            Overrides =
            [
                string.Create(CultureInfo.InvariantCulture, $"{ThreadsKey}={_threads}"), ConfigurationFiles.NoPort, .. Overrides,
            ],
            Out = folder,
        };
    }

    /// <summary>Returns the name of the folder for the results of a request.</summary>
    public static string FolderOf(EvaluationRequest request)
    {
        var target = request.Target;
        var share = target.Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"-{fraction}") : "";
        var variant = target.Variant == EvaluationProtocols.Quick ? "" : "-" + target.Variant;
        return string.Create(
            CultureInfo.InvariantCulture, $"step-{request.Step:D8}-{target.DataSet}-{target.Protocol}{share}{variant}");
    }

    private static JsonObject Parse(IReadOnlyList<string> lines)
    {
        try
        {
            var strict = new JsonDocumentOptions { AllowDuplicateProperties = false };
            if (lines is [.., var last] && JsonNode.Parse(last, documentOptions: strict) is JsonObject result) return result;
        }
        catch (JsonException)
        {
            // reported below
        }

        throw new EvaluationFailedException("the last line that it wrote is not a result");
    }
}

/// <summary>An evaluation failed; the message is a phrase that says why.</summary>
internal sealed class EvaluationFailedException(string message, Exception? inner = null) : Exception(message, inner);
