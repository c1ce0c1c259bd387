using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Evaluation;
using CACL.Actors.Loop;
using CACL.Actors.Supervision;
using CACL.Actors.Training;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Supervisor;

/// <summary>A running training, for the program that started it.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _supervisor;

    private readonly RunVitals _vitals;

    private TrainingRun(IActorRef supervisor, Task<RunOutcome> completion, RunVitals vitals)
    {
        _supervisor = supervisor;
        _vitals = vitals;
        Completion = completion;
    }

    /// <summary>Ends when the run has ended and nothing of its engine is left, whatever the reason; never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>Starts the actor tree. The system must hold <see cref="Dispatchers.Configuration"/>.</summary>
    public static TrainingRun Start(ActorSystem system, RunOptions options, RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        var completion = new TaskCompletionSource<RunOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var vitals = new RunVitals(
            options, RunLength.Of(parts.Videos.Length, options.BatchSize, options.Epochs, options.MaxSteps), parts.Clock, parts.Instruments,
            parts.Start);
        var supervisor = system.ActorOf(RunSupervisor.Props(options, parts, completion, vitals), RunSupervisor.Name);
        return new TrainingRun(supervisor, completion.Task, vitals);
    }

    /// <summary>Finish the step that runs, save, end. May be called from any thread and more than once.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Stop(string reason) => _supervisor.Tell(new RunSupervisor.Stop(reason));

    /// <summary>
    /// Hold the training after the step that runs, until <see cref="Resume"/>; checkpoints and evaluations can be asked for meanwhile.
    /// </summary>
    public void Pause() => _supervisor.Tell(new RunSupervisor.PauseByUser());

    /// <summary>Take <see cref="Pause"/> back. A training that waits for a checkpoint to be written goes on waiting.</summary>
    public void Resume() => _supervisor.Tell(new RunSupervisor.ResumeByUser());

    /// <summary>
    /// Change settings while the run goes on: all that are asked for, or none. The journal is on the disk when this is answered.
    /// </summary>
    /// <param name="wishes">What is to be changed.</param>
    /// <param name="by">Who asks, for the journal.</param>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<SettingsAnswer> ChangeAsync(IReadOnlyList<SettingChange> wishes, string by, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        return await _supervisor.Ask<SettingsAnswer>(new ControlActor.Change(wishes, by), deadline).ConfigureAwait(false);
    }

    /// <summary>How the run stands, at once.</summary>
    public RunStatus Status() => _vitals.Status();

    /// <summary>The actors of the run, at once: parents before children.</summary>
    public IReadOnlyList<ActorStatus> Actors() => _vitals.ActorTree();

    /// <summary>Save a checkpoint after the step that runs; at once while the training is held.</summary>
    public void RequestCheckpoint() => _supervisor.Tell(new RequestCheckpoint());

    /// <summary>Evaluate the state that the training is in. Answered at once; training does not wait for it.</summary>
    /// <param name="demand">What to evaluate.</param>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<EvaluationAnswer> RequestEvaluationAsync(EvaluationDemand demand, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(demand);
        return await _supervisor.Ask<EvaluationAnswer>(demand, deadline).ConfigureAwait(false);
    }

    /// <summary>How the evaluations stand. None of a run that is over.</summary>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<EvaluationStatus> EvaluationsAsync(TimeSpan deadline) => Completion.IsCompleted
        ? EvaluationStatus.None
        : await _supervisor.Ask<EvaluationStatus>(new EvaluatorActor.GetStatus(), deadline).ConfigureAwait(false);

    /// <summary>Steps done, what the loop is doing, and the last step's figures. Answers at once while a step runs.</summary>
    public async Task<(long Step, LoopPhase Phase, StepMetrics? Last)> StatusAsync(TimeSpan deadline)
    {
        var status = await _supervisor.Ask<TrainerActor.Status>(new TrainerActor.GetStatus(), deadline).ConfigureAwait(false);
        return (status.Step, status.Phase, status.Last);
    }
}
