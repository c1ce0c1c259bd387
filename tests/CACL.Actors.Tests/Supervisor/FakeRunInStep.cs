using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>How a fake run's steps wait for what its actors do meanwhile. It looks at the actors' own messages, which only their tests
/// know.</summary>
internal sealed partial class FakeRun
{
    /// <summary>
    /// Makes each step wait until the checkpoints before it are saved, and evaluated where that is asked for: what falls due then never
    /// slips.
    /// </summary>
    public void InNoHurry(bool evaluated = true) => Training.Before = _ =>
    {
        AwaitSaved();
        // Asked in any case: by its answer the evaluator has taken in what was saved.
        Eventually.Holds(() => AskAboutEvaluations() is { Running: null, Waiting.Count: 0 } || !evaluated);
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
    };

    /// <summary>
    /// From a step: waits until the loop has heard that its last copy is saved, or it would leave out what falls due next. It hears by
    /// messages: the run's own, whose mark in the actor tree is looked at, then the trainer's, which the question comes behind.
    /// </summary>
    public void AwaitSaved()
    {
        var run = Run;
        Eventually.Holds(() => Storage.Written.Count - WrittenBefore == Training.Copies);
        // What was told before is published first: what is looked at else may be of the time before the copy.
        Eventually.Ends(Actor("status").Ask<StatusProtocol.Published>(new StatusProtocol.Publish(), Eventually.Patience));
        Eventually.Holds(() => run.Actors().Single(a => a.Kind == "checkpoints").State == ActorState.Idle);
        Eventually.Ends(run.StatusAsync(Eventually.Patience));
    }

    /// <summary>
    /// From a step: waits until the evaluator has looked at the step before, and the loop has heard of the checkpoint that it may have
    /// asked for. The trainer's answer comes behind its word to the evaluator, the evaluator's behind its word to the run, and the last
    /// one behind all of them.
    /// </summary>
    public void AwaitWatched()
    {
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
        AskAboutEvaluations();
        Eventually.Ends(Run.StatusAsync(Eventually.Patience));
    }

    private EvaluationStatus AskAboutEvaluations() => Run.EvaluationsAsync(Eventually.Patience).GetAwaiter().GetResult();
}
