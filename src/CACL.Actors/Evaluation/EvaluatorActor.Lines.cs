using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Writes the lines of evaluations.jsonl. An evaluation's note stays until its line is on the disk: if the process ends before, a resumed
/// run evaluates again.
/// </summary>
internal sealed partial class EvaluatorActor
{
    private readonly List<EvaluationRequest> _unwritten = []; // their lines wait for the disk
    private bool _diskFails;

    private void Conclude(EvaluationRequest request, JsonObject line)
    {
        _unwritten.Add(request);
        Record(line);
    }

    private void Record(JsonObject line)
    {
        _observer?.Invoke(line);
        Write(() => _lines.Append(line));
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            if (!_diskFails)
                Context.Parent.Tell(new SupervisionDecision(
                    Self.PathInRun(), $"cannot write {_lines.Path}: {cause.Message}",
                    "training goes on, lines wait until there is room"));
            _diskFails = true;
            Timers.StartSingleTimer("lines", new WriteAgain(), _options.BackOff.After(1));
            return;
        }

        if (_diskFails) _log.Info("{Path} can be written again", _lines.Path);
        _diskFails = false;
        Timers.Cancel("lines");
        foreach (var request in _unwritten) RemoveNote(request);
        _unwritten.Clear();
        Tidy();
    }

    // The line is written first: if the process is killed between the two, a resumed run sees that the note is obsolete.
    private void RemoveNote(EvaluationRequest request)
    {
        try
        {
            _pending.Remove(request);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning("{Cause}", cause.Message);
        }
    }

    /// <summary>Removes the notes and checkpoints that are no longer needed.</summary>
    private void Tidy()
    {
        try
        {
            _pending.KeepOnly([.. _queue.Waiting, .. _underway.InUse, .. _elsewhere.InUse, .. _unwritten]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning(
                "Checkpoints that were kept for evaluations could not be removed: {Cause} Make sure that {Folder} can be written to",
                cause.Message, _runDirectory);
        }
    }

    private sealed record WriteAgain : INoSerializationVerificationNeeded;
}
