using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Configuration.Keys;
using CACL.Data.DataSets;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation.Beside;

/// <summary>
/// Evaluates in a process of its own, <c>cacl evaluate</c>: what goes wrong there, down to its memory, stays there. It runs at low
/// priority, is the first to go where memory runs out, and ends with this process however that ends.
/// </summary>
internal sealed class EvaluationProcess : IEvaluationEngine
{
    private const int LongestResult = 4 << 20;

    /// <summary>The kernel takes the process with the highest number, from -1000 to 1000, where memory runs out.</summary>
    private const int OutOfMemoryScore = 500;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    private static readonly IReadOnlyList<string> SettingVariables = [.. KnownKeys.All.Select(EnvironmentOverrides.Variable)];

    private readonly OwnProgram _program;
    private readonly Dictionary<string, EvaluatedDataSet> _dataSets;
    private readonly string _configuration;
    private readonly string _results;
    private readonly int _threads;

    /// <summary>An engine for one run.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="dataSets">The data sets that requests name.</param>
    /// <param name="configuration">Settings of the run, a file.</param>
    /// <param name="results">Folder in which each evaluation gets a folder for its results.</param>
    /// <param name="threads">Threads of the tensor library.</param>
    public EvaluationProcess(OwnProgram program, IReadOnlyList<EvaluatedDataSet> dataSets, string configuration, string results, int threads)
    {
        _program = program;
        _dataSets = dataSets.ToDictionary(d => d.Name);
        _configuration = configuration;
        _results = results;
        _threads = threads;
    }

    /// <inheritdoc/>
    public async Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var folder = Path.Combine(_results, FolderOf(request));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        using var log = new OutputFile(Path.Combine(folder, "evaluate.log"));
        using var process = Start(request, folder);
        StepBack(process);
        using var killer = cancel.Register(() => Kill(process));
        var (result, complaint) = (new LastLines(1, LongestResult), new LastLines(5, 500));
        var reading = Task.WhenAll(result.ReadAsync(process.StandardOutput, log.Write), complaint.ReadAsync(process.StandardError, log.Write));
        // It ends when it has done its work, or by the kill above: the caller holds the deadline.
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        var read = await Task.WhenAny(reading, Task.Delay(LastWords, CancellationToken.None)).ConfigureAwait(false) == reading;
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new EvaluationFailedException(WhyEnded(process.ExitCode, read ? complaint.Lines : []));
        if (!read) throw new EvaluationFailedException("it ended, but something it started still holds its output");
        return Parse(result.Lines);
    }

    private Process Start(EvaluationRequest request, string folder)
    {
        var start = new ProcessStartInfo(_program.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in _program.Arguments.Concat(LineFor(request, folder).Arguments)) start.ArgumentList.Add(argument);
        // The configuration file holds the settings of this run whatever they came from; a variable would be stronger than it.
        foreach (var variable in SettingVariables) start.Environment.Remove(variable);
        start.Environment[ParentWatch.Variable] = "1";
        try
        {
            return Process.Start(start) ?? throw new EvaluationFailedException($"{_program.FileName} did not start");
        }
        catch (Win32Exception e)
        {
            throw new EvaluationFailedException($"{_program.FileName} could not be started ({e.Message})", e);
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
            // It opens no port; and the token without which others may not be let in stands in no file.
            Overrides = [string.Create(CultureInfo.InvariantCulture, $"cacl.evaluation.threads={_threads}"), ConfigurationFiles.NoPort],
            Out = folder,
        };
    }

    private static string FolderOf(EvaluationRequest request)
    {
        var target = request.Target;
        var share = target.Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"-{fraction}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"step-{request.Step:D8}-{target.DataSet}-{target.Protocol}{share}{(target.Variant == EvaluationProtocols.Quick ? "" : "-" + target.Variant)}");
    }

    // Before it has threads of its own, which inherit both.
    private static void StepBack(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
            File.WriteAllText($"/proc/{process.Id}/oom_score_adj", OutOfMemoryScore.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            // It has ended already, or the system does not let it: it is only less considerate then.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }

    private static string WhyEnded(int exitCode, IReadOnlyList<string> complaint) => exitCode switch
    {
        128 + 9 => "it was killed by signal 9; the machine may have run out of memory",
        > 128 and < 160 => $"it was ended by signal {exitCode - 128}",
        _ when complaint.Count == 0 => $"it ended with exit code {exitCode} and without a word",
        _ => $"it ended with exit code {exitCode}: {string.Join(' ', complaint)}",
    };

    private static JsonObject Parse(IReadOnlyList<string> lines)
    {
        try
        {
            var strict = new JsonDocumentOptions { AllowDuplicateProperties = false };
            if (lines is [.., var last] && JsonNode.Parse(last, documentOptions: strict) is JsonObject result) return result;
        }
        catch (JsonException)
        {
            // told below
        }

        throw new EvaluationFailedException("the last line that it wrote is no result");
    }
}

/// <summary>An evaluation failed; the message is a phrase that says why.</summary>
internal sealed class EvaluationFailedException(string message, Exception? inner = null) : Exception(message, inner);
