using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Runs.Videos;

namespace CACL.Actors.Telemetry;

/// <summary>
/// Writes metrics.jsonl and quarantine.jsonl and calls observers. The training never waits for it. After a crash it is restarted and
/// continues behind the last complete line.
/// </summary>
internal sealed class TelemetryActor : ReceiveActor
{
    /// <summary>Maximum number of lines that wait for room on the disk: a few megabytes, and hours of steps.</summary>
    private const int MostWaiting = 10_000;

    private readonly Queue<(JsonLinesFile File, string Line)> _waiting = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly JsonLinesFile _metrics;
    private readonly JsonLinesFile _quarantine;
    private readonly Action<StepMetrics>? _observer;
    private readonly HashSet<string> _quarantined;
    private bool _diskFails;
    private long _lost;

    public TelemetryActor(string runDirectory, Action<StepMetrics>? observer, RunInstruments? instruments)
    {
        _metrics = new JsonLinesFile(Path.Combine(runDirectory, RunFiles.Metrics));
        _quarantine = new JsonLinesFile(Path.Combine(runDirectory, RunFiles.Quarantine));
        _quarantined = [.. JsonLinesFile.Read(_quarantine.Path).Select(line => line.GetProperty("path").GetString() ?? "")];
        _observer = observer;
        Receive<LoopReport.Stepped>(message =>
        {
            Write(_metrics, MetricsLine.Of(message.Metrics).ToJsonString());
            instruments?.Stepped(message.Metrics);
            _observer?.Invoke(message.Metrics);
        });
        Receive<TelemetryProtocol.Quarantined>(message =>
        {
            if (_quarantined.Add(message.Video.Path)) Write(_quarantine, QuarantineLine.Of(message.Video));
        });
        Receive<TelemetryProtocol.Flush>(_ =>
        {
            WriteWaiting();
            Sender.Tell(new TelemetryProtocol.Flushed());
        });
    }

    internal static Props Props(string runDirectory, Action<StepMetrics>? observer, RunInstruments? instruments) =>
        Akka.Actor.Props.Create(() => new TelemetryActor(runDirectory, observer, instruments)).WithDispatcher(Dispatchers.OwnThread);

    protected override void PostStop()
    {
        _metrics.Dispose();
        _quarantine.Dispose();
    }

    private void Write(JsonLinesFile file, string line)
    {
        if (_waiting.Count < MostWaiting) _waiting.Enqueue((file, line));
        else _lost++;
        WriteWaiting();
    }

    private void WriteWaiting()
    {
        try
        {
            while (_waiting.TryPeek(out var next))
            {
                next.File.Append(next.Line);
                _waiting.Dequeue();
            }

            if (_diskFails) _log.Info("{Folder} can be written again; {Lost} lines were lost", Path.GetDirectoryName(_metrics.Path), _lost);
            _diskFails = false;
        }
        catch (IOException cause)
        {
            // A full disk must not flood the log, and must not stop the training.
            if (!_diskFails)
            {
                Context.Parent.Tell(new SupervisionDecision(
                    Self.PathInRun(), $"cannot write {_waiting.Peek().File.Path}: {cause.Message}",
                    $"training goes on, up to {MostWaiting} lines wait until there is room"));
            }

            _diskFails = true;
        }
    }
}
