using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Status;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Supervisor;

/// <summary>A running training, as the program that started it sees it.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _supervisor;
    private readonly StatusBoard _board;
    private readonly RunParts _parts;
    private readonly long _began;

    private TrainingRun(IActorRef supervisor, Task<RunOutcome> completion, StatusBoard board, RunParts parts, long began)
    {
        (_supervisor, _board, _parts, _began) = (supervisor, board, parts, began);
        Completion = completion;
    }

    /// <summary>Completes when the run has ended and its engine is gone, for whatever reason; never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>Starts the actor tree. The system's configuration must include <see cref="Dispatchers.Configuration"/>.</summary>
    public static TrainingRun Start(ActorSystem system, RunOptions options, RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.DecisionObserver is { } observer) system.ActorOf(DecisionListener.Props(observer));
        var completion = new TaskCompletionSource<RunOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = parts.Clock.GetTimestamp();
        var board = new StatusBoard(InitialStatus(options, parts));
        var supervisor = system.ActorOf(RunSupervisor.Props(options, parts, completion, board), RunSupervisor.Name);
        _ = SupervisorWatch.WatchAsync(
            system, supervisor, options.Watchdog, parts, completion, () => (board.Status.Step, board.Status.Checkpoint?.Path));
        return new TrainingRun(supervisor, completion.Task, board, parts, began);
    }

    /// <summary>Asks the run to finish the current step, save and end. Can be called from any thread and more than once.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Stop(string reason) => _supervisor.Tell(new RunProtocol.Stop(reason));

    /// <summary>Has the run finish the current step, save and end as failed. Can be called from any thread and more than once.</summary>
    /// <param name="reason">A sentence that says why it cannot go on.</param>
    public void GiveUp(string reason) => _supervisor.Tell(new RunProtocol.GiveUp(reason));

    /// <summary>
    /// Pauses the training after the current step, until <see cref="Resume"/>; checkpoints and evaluations can be requested meanwhile.
    /// </summary>
    public void Pause() => _supervisor.Tell(new RunProtocol.Pause());

    /// <summary>Revokes <see cref="Pause"/>. A training that waits for a checkpoint to be written keeps waiting.</summary>
    public void Resume() => _supervisor.Tell(new RunProtocol.Resume());

    /// <summary>Changes settings while the run continues: all of them or none. The journal is on disk when this returns.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="by">Who asks for them, for the journal.</param>
    /// <param name="deadline">Time limit for the answer.</param>
    public async Task<SettingsAnswer> ChangeAsync(IReadOnlyList<SettingChange> changes, string by, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return await _supervisor.Ask<SettingsAnswer>(new ControlProtocol.Change(changes, by), deadline).ConfigureAwait(false);
    }

    /// <summary>Returns the status that the status actor published last, without waiting.</summary>
    public RunStatus Status() => _board.Status with
    {
        Elapsed = _parts.Clock.GetElapsedTime(_began),
        Times = _parts.Instruments?.Steps.Figures,
        SecondsPerDecode = _parts.Instruments?.Decoding.SecondsPerPair,
    };

    /// <summary>Returns the actors of the run, parents before children, without waiting.</summary>
    public IReadOnlyList<ActorStatus> Actors() => _board.Actors;

    /// <summary>Requests a checkpoint after the current step, or at once while the training is paused.</summary>
    public void RequestCheckpoint() => _supervisor.Tell(new RunProtocol.RequestCheckpoint());

    /// <summary>Requests an evaluation of the training's present state. Returns at once; the training does not wait for it.</summary>
    /// <param name="demand">What to evaluate.</param>
    /// <param name="deadline">Time limit for the answer.</param>
    public async Task<EvaluationAnswer> RequestEvaluationAsync(EvaluationDemand demand, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(demand);
        return await _supervisor.Ask<EvaluationAnswer>(demand, deadline).ConfigureAwait(false);
    }

    /// <summary>Returns the state of the evaluations; of a run that has ended, <see cref="EvaluationStatus.None"/>.</summary>
    /// <param name="deadline">Time limit for the answer.</param>
    public async Task<EvaluationStatus> EvaluationsAsync(TimeSpan deadline) => Completion.IsCompleted
        ? EvaluationStatus.None
        : await _supervisor.Ask<EvaluationStatus>(new EvaluatorProtocol.GetStatus(), deadline).ConfigureAwait(false);

    /// <summary>
    /// Returns the number of finished steps, the loop's phase and the last step's metrics, at once even while a step is computed.
    /// </summary>
    public async Task<(long Step, LoopPhase Phase, StepMetrics? Last)> StatusAsync(TimeSpan deadline)
    {
        var status = await _supervisor.Ask<TrainerProtocol.Status>(new TrainerProtocol.GetStatus(), deadline).ConfigureAwait(false);
        return (status.Step, status.Phase, status.Last);
    }

    private static RunStatus InitialStatus(RunOptions options, RunParts parts)
    {
        var now = parts.Clock.GetLocalNow();
        return new RunStatus
        {
            State = RunState.Starting,
            PausedByUser = false,
            PausedByCheckpoint = false,
            Stopping = false,
            Step = parts.Start?.Step ?? 0,
            Length = RunLength.Of(parts.Videos.Length, options.BatchSize, options.Epochs, options.MaxSteps),
            Started = now,
            Elapsed = TimeSpan.Zero,
            Remaining = null,
            PairsPerSecond = null,
            Last = null,
            Checkpoint = parts.Start is { } start ? new SavedCheckpoint(start.Step, now, start.Path) : null,
            BatchesWaiting = 0,
            BatchCapacity = options.PrefetchBatches,
            BytesInFlight = 0,
            BytesLimit = options.InFlightMemory,
            Decoders = 0,
            DecodersBusy = 0,
            Settings = options.LiveSettings,
            Ahead = [],
            Quarantined = 0,
            Outcome = null,
        };
    }
}
