using Akka.Actor;
using Akka.Event;
using CACL.Actors.Control;
using CACL.Actors.Decoding;
using CACL.Actors.Loop;
using CACL.Actors.Training;
using CACL.Runs.Live;

namespace CACL.Actors.Supervisor;

/// <summary>What people change while a run goes on: they hold it, let it go on, and set its live settings.</summary>
internal sealed partial class RunSupervisor
{
    private readonly RunVitals _vitals;
    private IActorRef _control = ActorRefs.Nobody;
    private bool _pausedByUser;
    private string _noChanges = "The run ends.";

    /// <summary>Hold the training after its step.</summary>
    internal sealed record PauseByUser;

    /// <summary>Take <see cref="PauseByUser"/> back.</summary>
    internal sealed record ResumeByUser;

    private bool Evaluates => _parts.Evaluator is not null && _options.Evaluation.Targets.Count > 0;

    private void ReceiveAboutControl()
    {
        Receive<PauseByUser>(_ =>
        {
            if (_pausedByUser || _ending is not null) return;
            _pausedByUser = true;
            _log.Info("Paused on request: the current step finishes first");
            _trainer.Tell(new TrainerActor.Pause(Hold.User));
        });
        Receive<ResumeByUser>(_ =>
        {
            if (!_pausedByUser) return;
            _pausedByUser = false;
            _log.Info("Resumed on request");
            LetGoOn(Hold.User);
        });
        Receive<ControlActor.Change>(message =>
        {
            if (_control.IsNobody()) Sender.Tell(new SettingsAnswer([], _vitals.Live.Current, _noChanges));
            else _control.Forward(message);
        });
        Receive<ControlActor.Changed>(message =>
        {
            _decoders.Tell(new DecoderPoolActor.Resize(message.Now.Decoders));
            _parts.SettingsChanged?.Invoke(message.Now);
        });
    }

    /// <summary>Takes up the journal. False: it cannot be read, and the run ends.</summary>
    private bool StartControl()
    {
        try
        {
            _vitals.Live = new LiveControl(
                _options.LiveSettings, new ControlJournal(_options.Directory, _options.Method.LossWeights), _parts.Start?.Step ?? 0,
                _length.TotalSteps, _parts.Clock);
        }
        catch (Exception cause) when (cause is ControlJournalException or IOException or UnauthorizedAccessException)
        {
            Fail(_parts.Start?.Step ?? 0, cause.Message, cause);
            return false;
        }

        var live = _vitals.Live;
        if (live.Current != _options.LiveSettings) _log.Info("control.jsonl changes this run: {Settings}", Differences(live.Current));
        foreach (var change in live.Ahead)
            _log.Info("control.jsonl: {Setting} = {Value} from step {Step} on", change.Setting, change.Value, change.Step);
        _control = Start(ControlActor.Props(live, Refuse), Control, "control");
        _parts.SettingsChanged?.Invoke(live.Current);
        return true;
    }

    private string Differences(LiveSettings now) => string.Join(
        ", ",
        LiveSetting.Of(now.LossWeights).Where(s => s.Read(now) != s.Read(_options.LiveSettings)).Select(s => $"{s.Name} = {s.Read(now)}"));

    private string? Refuse(SettingChange wish)
    {
        if (wish.Setting == "evaluate_every_steps" && !Evaluates)
            return "Nothing is evaluated in this run: resume it with cacl.evaluation.datasets set.";
        return LiveSetting.HeadOf(wish.Setting) is { } head && !_options.Method.Heads.Contains(head)
            ? $"The {head} head is off in this run (cacl.model.heads): its loss cannot be weighted."
            : null;
    }

    // The time for which nobody wanted a step is not held against it.
    private void LetGoOn(Hold hold)
    {
        _parts.Instruments?.Progress();
        _trainer.Tell(new TrainerActor.Resume(hold));
    }

    private IActorRef Start(Props props, string name, string kind)
    {
        _vitals.Actors.Started($"{Name}/{name}", kind);
        return Context.ActorOf(props, name);
    }

    private static string PathOf(IActorRef actor) => $"{Name}/{actor.Path.Name}";
}
