using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Status;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Supervisor;

/// <summary>A running training, for the program that started it.</summary>
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

    /// <summary>Ends when the run has ended and nothing of its engine is left, whatever the reason; never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>Starts the actor tree. The system must hold <see cref="Dispatchers.Configuration"/>.</summary>
    public static TrainingRun Start(ActorSystem system, RunOptions options, RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.DecisionObserver is { } observer) system.ActorOf(DecisionListener.Props(observer));
        var completion = new TaskCompletionSource<RunOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = parts.Clock.GetTimestamp();
        var board = new StatusBoard(AtFirst(options, parts));
        var supervisor = system.ActorOf(RunSupervisor.Props(options, parts, completion, board), RunSupervisor.Name);
        return new TrainingRun(supervisor, completion.Task, board, parts, began);
    }

    /// <summary>Finish the step that runs, save, end. May be called from any thread and more than once.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Stop(string reason) => _supervisor.Tell(new RunProtocol.Stop(reason));

    /// <summary>
    /// Hold the training after the step that runs, until <see cref="Resume"/>; checkpoints and evaluations can be asked for meanwhile.
    /// </summary>
    public void Pause() => _supervisor.Tell(new RunProtocol.Pause());

    /// <summary>Take <see cref="Pause"/> back. A training that waits for a checkpoint to be written goes on waiting.</summary>
    public void Resume() => _supervisor.Tell(new RunProtocol.Resume());

    /// <summary>
    /// Change settings while the run goes on: all that are asked for, or none. The journal is on the disk when this is answered.
    /// </summary>
    /// <param name="wishes">What is to be changed.</param>
    /// <param name="by">Who asks, for the journal.</param>
    /// <param name="deadline">Time for the answer.</param>
    public async Task<SettingsAnswer> ChangeAsync(IReadOnlyList<SettingChange> wishes, string by, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        return await _supervisor.Ask<SettingsAnswer>(new ControlProtocol.Change(wishes, by), deadline).ConfigureAwait(false);
    }

    /// <summary>How the run stands, at once: as the status actor has published it last.</summary>
    public RunStatus Status() => _board.Status with
    {
        Elapsed = _parts.Clock.GetElapsedTime(_began),
        Times = _parts.Instruments?.Steps.Figures,
        SecondsPerDecode = _parts.Instruments?.Decoding.SecondsPerPair,
    };

    /// <summary>The actors of the run, at once: parents before children.</summary>
    public IReadOnlyList<ActorStatus> Actors() => _board.Actors;

    /// <summary>Save a checkpoint after the step that runs; at once while the training is held.</summary>
    public void RequestCheckpoint() => _supervisor.Tell(new RunProtocol.RequestCheckpoint());

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
        : await _supervisor.Ask<EvaluationStatus>(new EvaluatorProtocol.GetStatus(), deadline).ConfigureAwait(false);

    /// <summary>Steps done, what the loop is doing, and the last step's figures. Answers at once while a step runs.</summary>
    public async Task<(long Step, LoopPhase Phase, StepMetrics? Last)> StatusAsync(TimeSpan deadline)
    {
        var status = await _supervisor.Ask<TrainerProtocol.Status>(new TrainerProtocol.GetStatus(), deadline).ConfigureAwait(false);
        return (status.Step, status.Phase, status.Last);
    }

    private static RunStatus AtFirst(RunOptions options, RunParts parts)
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
