using System.Globalization;
using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;

namespace CACL.Actors.Supervisor;

/// <summary>Handles losses that are not finite: the step is skipped, the run rolls back to its last checkpoint, or it ends.</summary>
internal sealed partial class RunSupervisor
{
    private void NotFinite(LoopReport.NotFinite report)
    {
        var (step, result) = (report.Step + 1, report.Result);
        var losses = string.Join(
            ", ",
            result.Metrics.Where(m => m.Spec.Kind == MetricKind.Loss)
                .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Spec.Head} {m.Value:0.####}")));
        var what = $"loss of step {step} is not finite ({losses}). Its batch: {string.Join(", ", report.Videos)}.";
        if (report.GoesOn)
        {
            AnnounceLosses(what, "cacl.training.on-nan = skip, the step is left out", SupervisionVerdict.GoesOn);
            return;
        }

        _rollBacks.Begin();
        OnceSaved(() => HaltOrRollBack(report, what));
    }

    private void HaltOrRollBack(LoopReport.NotFinite report, string what)
    {
        var remedy = "Lower cacl.training.learning-rate, or set cacl.training.on-nan to skip or rollback.";
        var point = _rollBacks.IsUnderway ? LatestCheckpoint(ref remedy) : null;
        if (point is null)
        {
            AnnounceLosses(what, "end the run; the last good checkpoint stays", SupervisionVerdict.RunEnds);
            Fail(report.Step, $"The {what} Nothing of it was saved. {remedy}", null);
            return;
        }

        AnnounceLosses(what, $"roll back to {point.Path} and leave the step out", SupervisionVerdict.Replaced);
        _rollBacks.LeaveOut(report.Step);
        OnceGone(() => RollBack(point, report.Step));
    }

    private void AnnounceLosses(string what, string decision, SupervisionVerdict verdict) =>
        Announce(new SupervisionDecision(_trainer.PathInRun(), $"found that the {what}", decision, _rollBacks.Launches)
        {
            Verdict = verdict,
            IsGrave = verdict == SupervisionVerdict.RunEnds,
        });

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
        if (_ending.EndsInsteadOfRollingBack(point.Step))
        {
            EndTraining();
            return;
        }

        if (_departure.EngineFault is { } fault)
        {
            Fail(
                step,
                "The training could not be rolled back, since its former state could not be given up: "
                + $"{TorchError.Sentence(fault.Message)} Resume the run from its last checkpoint.",
                fault);
            return;
        }

        var former = _trainer.PathInRun();
        Launch(point, snapshotRequested: _rollBacks.End());
        _status.Tell(new StatusProtocol.ActorReplaced(
            former, _trainer.PathInRun(), $"rolled back to step {point.Step}: the loss of step {step + 1} is not finite",
            ActorState.Starting));
    }
}
