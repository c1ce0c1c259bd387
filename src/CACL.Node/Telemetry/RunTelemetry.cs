using System.Text.Json.Nodes;
using CACL.Actors.Checkpoints;
using CACL.Actors.Telemetry;
using CACL.Http.Probes;
using CACL.Node.Settings;
using CACL.Node.Telemetry.TensorBoard;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Node.Telemetry;

/// <summary>
/// Everything that reports a run's figures: instruments and their listeners, TensorBoard's files, health. None of it may slow or end a
/// training: a failure is one line in the log.
/// </summary>
internal sealed class RunTelemetry : IDisposable
{
    private readonly TelemetrySettings _settings;
    private readonly RunFolder _folder;
    private readonly TimeProvider _clock;
    private TensorBoardLog? _tensorBoard;

    private RunTelemetry(TelemetrySettings settings, RunFolder folder, TimeProvider clock, RunMeters? meters, RunInstruments instruments)
    {
        _settings = settings;
        _folder = folder;
        _clock = clock;
        Meters = meters;
        Instruments = instruments;
        Health = new Health(settings.Health, instruments, clock);
    }

    /// <summary>What the run measures about itself.</summary>
    public RunInstruments Instruments { get; }

    /// <summary>The listeners; null if they could not be set up.</summary>
    public RunMeters? Meters { get; }

    /// <summary>The health of the run.</summary>
    public Health Health { get; }

    /// <summary>Starts listening.</summary>
    public static RunTelemetry Start(TelemetrySettings settings, RunFolder folder, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        // The listeners come first: an instrument counts from when somebody listens.
        var meters = RunMeters.Start(settings.Otlp, Path.GetFileName(folder.Path), Environment.GetEnvironmentVariable);
        var instruments = new RunInstruments(clock);
        instruments.Begin();
        return new RunTelemetry(settings, folder, clock, meters, instruments);
    }

    /// <summary>Notes that the training begins, or continues from a checkpoint. Called when the folder is ready for it.</summary>
    public void Begin(ResumePoint? start)
    {
        if (_settings.TensorBoard) _tensorBoard = TensorBoardLog.Start(_folder.TensorBoard, start?.Step ?? 0, _clock);
        if (start is not null && Directory.Exists(start.Path))
            Instruments.ResumedFrom(start.Step, Directory.GetLastWriteTimeUtc(start.Path));
        if (File.Exists(_folder.Evaluations))
        {
            foreach (var line in JsonLinesFile.Read(_folder.Evaluations)) Know(JsonObject.Create(line));
        }

        Health.Begin();
    }

    /// <summary>Observes a finished step.</summary>
    public void Observe(StepMetrics step) => _tensorBoard?.Observe(step);

    /// <summary>Observes an evaluation that ended, by its line of evaluations.jsonl.</summary>
    public void Evaluated(JsonObject line)
    {
        if ((string?)line["dataset"] is { } dataSet)
            Instruments.Evaluated(dataSet, (string?)line["protocol"] ?? "linear", line.Number("miou"), (string?)line["status"] == "done");
        _tensorBoard?.Evaluated(line);
    }

    private void Know(JsonObject? line)
    {
        if (line is null || (string?)line["status"] != "done" || (string?)line["dataset"] is not { } dataSet) return;
        if (line.Number("miou") is { } miou) Instruments.WasEvaluated(dataSet, (string?)line["protocol"] ?? "linear", miou);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tensorBoard?.Dispose();
        Meters?.Dispose();
        Instruments.Dispose();
    }
}
