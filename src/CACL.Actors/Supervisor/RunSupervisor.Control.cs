using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Data.Wording;
using CACL.Runs.Folder;
using CACL.Runs.Live;

namespace CACL.Actors.Supervisor;

/// <summary>Handles what users change while a run continues: they pause and resume it, and set its live settings.</summary>
internal sealed partial class RunSupervisor
{
    private LiveControl _live = null!; // set before anything asks for it
    private StatusProtocol.SettingsAre? _lastSettings;
    private IActorRef _control = ActorRefs.Nobody;
    private bool _pausedByUser;
    private string _refusal = "The run ends.";

    private bool Evaluates => _parts.Evaluator is not null && _options.Evaluation.Targets.Count > 0;

    private void ReceiveAboutControl()
    {
        Receive<RunProtocol.Stop>(message => StopGracefully(message.Reason));
        Receive<RunProtocol.GiveUp>(message => GiveUp(message.Reason, null, Name));
        Receive<RunProtocol.Pause>(_ =>
        {
            if (_pausedByUser || _ending.Outcome is not null) return;
            _pausedByUser = true;
            _log.Info("Paused on request: the current step finishes first");
            _trainer.Tell(new TrainerProtocol.Pause(PauseReason.User));
        });
        Receive<RunProtocol.Resume>(_ =>
        {
            if (!_pausedByUser) return;
            _pausedByUser = false;
            _log.Info("Resumed on request");
            ResumeTraining(PauseReason.User);
        });
        Receive<RunProtocol.RequestCheckpoint>(message =>
        {
            _rollBacks.AskForCheckpoint();
            _trainer.Forward(message);
        });
        Receive<ControlProtocol.Change>(message =>
        {
            if (_control.IsNobody()) Sender.Tell(new SettingsAnswer([], _lastSettings?.Now ?? _options.LiveSettings, _refusal));
            else _control.Forward(message);
        });
        Receive<ControlProtocol.Changed>(message =>
        {
            _decoders.Tell(new PoolProtocol.Resize(message.Now.Decoders));
            _trainer.Tell(new TrainerProtocol.Follow(Schedule()));
            TellSettings();
            _parts.SettingsChanged?.Invoke(message.Now);
        });
    }

    /// <summary>Reads the journal. Returns false if it cannot be read; the run then ends.</summary>
    private bool StartControl()
    {
        try
        {
            _live = new LiveControl(
                _options.LiveSettings, new ControlJournal(_options.Directory, _options.Method.LossWeights), _step, _length.TotalSteps,
                _parts.Clock);
        }
        catch (Exception cause) when (cause is ControlJournalException or IOException or UnauthorizedAccessException)
        {
            Fail(_step, cause.Message, Fault.Of(cause));
            return false;
        }

        var now = _live.Current;
        if (now != _options.LiveSettings) _log.Info("control.jsonl changes this run: {Settings}", Differences(now));
        foreach (var change in _live.Ahead)
            _log.Info("control.jsonl: {Setting} = {Value} from step {Step} on", change.Setting, change.Value, change.Step);
        _control = Start(ControlActor.Props(_live, Refuse), Control, "control");
        _parts.SettingsChanged?.Invoke(now);
        return true;
    }

    private string Differences(LiveSettings now) => string.Join(
        ", ",
        LiveSetting.Of(now.LossWeights).Where(s => s.Read(now) != s.Read(_options.LiveSettings)).Select(s => $"{s.Name} = {s.Read(now)}"));

    private string? Refuse(SettingChange change)
    {
        if (change.Setting == "evaluate_every_steps" && !Evaluates)
            return $"Nothing is evaluated in this run: resume it with {SettingNames.EvaluationDataSets} set.";
        return LiveSetting.HeadOf(change.Setting) is { } head && !_options.Method.Heads.Contains(head)
            ? $"The {head} head is off in this run ({SettingNames.Heads}): its loss cannot be weighted."
            : null;
    }

    // The wait for the next step starts anew: no step was wanted while the run was paused.
    private void ResumeTraining(PauseReason reason)
    {
        _parts.Instruments?.Progress();
        _trainer.Tell(new TrainerProtocol.Resume(reason));
    }

    /// <summary>Returns the checkpoint schedule by the current live settings.</summary>
    private CheckpointSchedule Schedule()
    {
        var now = _live.Current;
        return new CheckpointSchedule(
            now.CheckpointEverySteps, Evaluates ? _options.Evaluation.Periods(now.EvaluateEverySteps) : [], _length);
    }

    /// <summary>
    /// Tells the status actor the live settings if they changed. Journalled changes for later steps take effect without a message.
    /// </summary>
    private void TellSettings()
    {
        var (now, ahead) = (_live.Current, _live.Ahead);
        if (_lastSettings is { } last && last.Now == now && last.Ahead.SequenceEqual(ahead)) return;
        _lastSettings = new StatusProtocol.SettingsAre(now, ahead);
        _status.Tell(_lastSettings);
    }
}
