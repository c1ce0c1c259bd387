using System.Globalization;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Loop;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>Losses that are not finite: the step is left out, the run goes back to its last checkpoint, or it ends.</summary>
internal sealed partial class RunSupervisor
{
    /// <summary>The loop is over and a roll-back may follow.</summary>
    private bool _rollsBack;

    /// <summary>A checkpoint was asked for meanwhile: the next loop is to make it.</summary>
    private bool _checkpointAsked;

    private void NotFinite(LoopReport.NotFinite report)
    {
        var (step, result) = (report.Step + 1, report.Result);
        var losses = string.Join(
            ", ",
            result.Metrics.Where(m => m.Spec.Kind == MetricKind.Loss)
                .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Spec.Head} {m.Value:0.####}")));
        var what = $"The loss of step {step} is not finite ({losses}). Its batch: {string.Join(", ", report.Videos)}.";
        if (report.GoesOn)
        {
            _log.Warning("Supervision: {What} Decision: cacl.training.on-nan = skip, the step is left out", what);
            return;
        }

        _rollsBack = _options.OnNotFinite == OnNotFinite.Rollback && _launches <= _options.MaxRollbacks;
        OnceSaved(() => HaltOrRollBack(report, what));
    }

    private void HaltOrRollBack(LoopReport.NotFinite report, string what)
    {
        var remedy = "Lower cacl.training.learning-rate, or set cacl.training.on-nan to skip or rollback.";
        var point = _rollsBack ? LatestCheckpoint(ref remedy) : null;
        if (point is null)
        {
            _log.Error("Supervision: {What} Decision: end the run; the last good checkpoint stays", what);
            Fail(report.Step, $"{what} Nothing of it was saved. {remedy}", null);
            return;
        }

        _log.Warning("Supervision: {What} Decision: roll back to {Checkpoint} and leave the step out", what, point.Path);
        _skippedSteps.Add(report.Step);
        _parts.Instruments?.Restarted("trainer");
        OnceGone(() => RollBack(point, report.Step));
    }

    private ResumePoint? LatestCheckpoint(ref string remedy)
    {
        try
        {
            if (_parts.Checkpoints.LoadLatest() is { } point) return point;
            remedy = $"There is no checkpoint yet to roll back to. {remedy}";
        }
        catch (Exception cause) when (cause is CheckpointException or IOException or UnauthorizedAccessException)
        {
            remedy = $"No checkpoint to roll back to can be read: {cause.Message}";
        }

        return null;
    }

    private void RollBack(ResumePoint point, long step)
    {
        // While it waited the run may have been asked to end, or its data may have given out: the state it would go on from is on the disk.
        if (_failure is not null || _stopReason is not null)
        {
            _ending = _failure is not null
                ? _failure with { Step = point.Step }
                : new RunOutcome(RunEnd.Stopped, point.Step, null, _stopReason!);
            Finish();
            return;
        }

        if (_engineFault is { } fault)
        {
            Fail(
                step,
                "The training could not be rolled back, since its former state could not be given up: "
                + $"{TorchError.Sentence(fault.Message)} Resume the run from its last checkpoint.",
                fault);
            return;
        }

        var former = PathOf(_trainer);
        Launch(point);
        var decision = $"rolled back to step {point.Step}: the loss of step {step + 1} is not finite";
        _vitals.Actors.Replaced(former, PathOf(_trainer), decision, ActorState.Busy);
        _rollsBack = false;
        if (!_checkpointAsked) return;
        _checkpointAsked = false;
        _trainer.Tell(new RequestCheckpoint());
    }
}
