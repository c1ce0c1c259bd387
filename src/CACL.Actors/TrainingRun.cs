using Akka.Actor;
using CACL.Actors.Evaluation;
using CACL.Actors.Training;

namespace CACL.Actors;

/// <summary>A running training, for the program that started it.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _supervisor;

    private TrainingRun(IActorRef supervisor, Task<RunOutcome> completion)
    {
        _supervisor = supervisor;
        Completion = completion;
    }

    /// <summary>Ends when the run has ended, whatever the reason; never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>Starts the actor tree. The system must hold <see cref="Dispatchers.Configuration"/>.</summary>
    public static TrainingRun Start(ActorSystem system, RunOptions options, RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        var completion = new TaskCompletionSource<RunOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var supervisor = system.ActorOf(RunSupervisor.Props(options, parts, completion), "run");
        return new TrainingRun(supervisor, completion.Task);
    }

    /// <summary>Finish the step that runs, save, end. May be called from any thread and more than once.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Stop(string reason) => _supervisor.Tell(new RunSupervisor.Stop(reason));

    /// <summary>Save a checkpoint after the step that runs.</summary>
    public void RequestCheckpoint() => _supervisor.Tell(new TrainerActor.RequestCheckpoint());

    /// <summary>Evaluate the state that the training is in. Answered at once; training does not wait for it.</summary>
    /// <param name="demand">What to evaluate.</param>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<EvaluationAnswer> RequestEvaluationAsync(EvaluationDemand demand, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(demand);
        return await _supervisor.Ask<EvaluationAnswer>(demand, deadline).ConfigureAwait(false);
    }

    /// <summary>How the evaluations stand.</summary>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<EvaluationStatus> EvaluationsAsync(TimeSpan deadline) =>
        await _supervisor.Ask<EvaluationStatus>(new EvaluatorActor.GetStatus(), deadline).ConfigureAwait(false);

    /// <summary>Steps done, what the loop is doing, and the last step's figures. Answers at once while a step runs.</summary>
    public async Task<(long Step, LoopPhase Phase, StepMetrics? Last)> StatusAsync(TimeSpan deadline)
    {
        var status = await _supervisor.Ask<TrainerActor.Status>(new TrainerActor.GetStatus(), deadline).ConfigureAwait(false);
        return (status.Step, status.Phase, status.Last);
    }
}
