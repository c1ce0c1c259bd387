using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// Has a fake run's steps wait for what its actors do meanwhile. It uses the actors' own messages, which only the actors' tests know.
/// </summary>
internal sealed partial class FakeRun
{
    /// <summary>
    /// Makes each step wait until the checkpoints before it are saved, and evaluated if requested, so that no checkpoint that is due is
    /// postponed.
    /// </summary>
    public void InNoHurry(bool evaluated = true) => Training.Before = _ =>
    {
        AwaitSaved();
        // The evaluator is asked in any case: when it answers, it has received what was saved.
        Eventually.Holds(() => AskAboutEvaluations() is { Running: null, Waiting.Count: 0 } || !evaluated);
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
    };

    /// <summary>
    /// Called in a step: waits until the loop knows that its last snapshot is saved, since it would skip the next one otherwise. The loop
    /// learns it by messages: first the run's own, whose effect on the actor's status is checked, then the trainer's, which precedes the
    /// answer to the question here.
    /// </summary>
    public void AwaitSaved()
    {
        var run = Run;
        Eventually.Holds(() => Storage.Written.Count - WrittenBefore == Training.Copies);
        // Everything reported before is published first: otherwise the status may be that before the snapshot.
        Eventually.Ends(Actor("status").Ask<StatusProtocol.Published>(new StatusProtocol.Publish(), Eventually.Patience));
        Eventually.Holds(() => run.Actors().Single(a => a.Kind == "checkpoints").State == ActorState.Idle);
        Eventually.Ends(run.StatusAsync(Eventually.Patience));
    }

    /// <summary>
    /// Called in a step: waits until the evaluator has received the step before, and the loop has received the checkpoint request that may
    /// follow. The trainer's answer comes after its report to the evaluator, the evaluator's answer after its request to the run, and the
    /// last answer after all of these.
    /// </summary>
    public void AwaitWatched()
    {
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
        AskAboutEvaluations();
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
    }

    private EvaluationStatus AskAboutEvaluations() => Run.EvaluationsAsync(Eventually.Patience).GetAwaiter().GetResult();
}
