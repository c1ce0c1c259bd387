using System.Text.Json.Nodes;
using CACL.Learning.Methods;
using CACL.Runs.Steps;
using Serilog;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>
/// Writes RUN/tensorboard: the figures of steps and evaluations for TensorBoard. Each start writes a file of its own; what earlier ones
/// wrote about steps that are done again is removed first. If the disk does not take an event, it is dropped, and one line in the log says
/// so.
/// </summary>
internal sealed class TensorBoardLog : IDisposable
{
    /// <summary>Number of steps of which every one is written; see <see cref="IsWritten"/>.</summary>
    private const long Dense = 10_000;

    private readonly Lock _gate = new();
    private readonly EventFile _file;
    private readonly TimeProvider _clock;
    private bool _fails;
    private bool _over;
    private long _last;

    private TensorBoardLog(EventFile file, TimeProvider clock)
    {
        _file = file;
        _clock = clock;
    }

    /// <summary>Begins a file; returns null, with a line in the log, if that is not possible.</summary>
    /// <param name="folder">The folder of event files.</param>
    /// <param name="steps">Steps that the run has done.</param>
    /// <param name="clock">The clock.</param>
    public static TensorBoardLog? Start(string folder, long steps, TimeProvider clock)
    {
        try
        {
            EventFile.Keep(folder, steps);
            var now = clock.GetUtcNow();
            var file = EventFile.Create(folder, now);
            if (steps > 0) file.Append(TensorBoardEvent.Restart(now, steps + 1));
            return new TensorBoardLog(file, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Warning("{Folder} cannot be written: {Cause} Nothing is recorded for TensorBoard; training goes on", folder, e.Message);
            return null;
        }
    }

    /// <summary>
    /// Returns whether a step is written: every one of the first ten thousand, then every tenth up to a hundred thousand, then every
    /// hundredth, and so on, so that a million steps take about ten megabytes. metrics.jsonl has them all.
    /// </summary>
    public static bool IsWritten(long step)
    {
        var every = 1L;
        while (step > Dense * every) every *= 10;
        return step % every == 0;
    }

    /// <summary>Observes a finished step.</summary>
    public void Observe(StepMetrics step)
    {
        // The training was rolled back: a reader drops what it has about the steps that come again.
        if (step.Step <= _last) Append(TensorBoardEvent.Restart(_clock.GetUtcNow(), step.Step));
        _last = step.Step;
        if (IsWritten(step.Step)) Write(step.Step, ScalarsOf(step));
    }

    /// <summary>Observes an evaluation, by its line of evaluations.jsonl.</summary>
    public void Evaluated(JsonObject line)
    {
        if ((string?)line["status"] != "done" || (string?)line["dataset"] is not { } dataSet) return;
        var name = $"eval/{dataSet}/{(string?)line["protocol"] ?? "linear"}";
        var scalars = new List<(string, double)>();
        foreach (var figure in new[] { "miou", "macc", "aacc" })
        {
            if (line.Number(figure) is { } value) scalars.Add(($"{name}/{figure}", value));
        }

        if (scalars.Count > 0 && line.Number("step") is { } step) Write((long)step, scalars);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _file.Dispose();
        }
    }

    private static List<(string Tag, double Value)> ScalarsOf(StepMetrics step)
    {
        var (result, times) = (step.Result, step.Times);
        return
        [
            ("loss/total", result.Loss), .. result.Metrics.Select(metric => (TagOf(metric.Spec), metric.Value)),
            ("optimiser/learning_rate", result.LearningRate), ("progress/epoch", step.Epoch),
            ("throughput/pairs_per_second", step.PairsPerSecond), ("throughput/data_wait_share", step.DataWaitShare),
            ("time/step_seconds", step.StepSeconds), ("time/data_seconds", step.WaitSeconds), ("time/transfer_seconds", times.Transfer),
            ("time/forward_seconds", times.Forward), ("time/backward_seconds", times.Backward), ("time/optimiser_seconds", times.Optimiser),
            ("time/snapshot_seconds", step.SnapshotSeconds),
        ];
    }

    private static string TagOf(MetricSpec metric) => metric.Kind switch
    {
        MetricKind.Loss => $"loss/{metric.Head}",
        MetricKind.Share => $"accuracy/{metric.Name}",
        _ => $"collapse/{metric.Name}",
    };

    private void Write(long step, List<(string Tag, double Value)> scalars) =>
        Append(TensorBoardEvent.Scalars(_clock.GetUtcNow(), step, scalars));

    private void Append(byte[] payload)
    {
        lock (_gate)
        {
            if (_over) return;
            try
            {
                _file.Append(payload);
                if (_fails) Log.Information("{File} can be written again", _file.Path);
                _fails = false;
            }
            catch (IOException e)
            {
                if (!_fails)
                    Log.Warning(
                        "{File} cannot be written: {Cause} TensorBoard misses steps until it can; training goes on", _file.Path, e.Message);
                _fails = true;
            }
        }
    }
}
