using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;
using CACL.Runs.Live;

namespace CACL.Actors.Control;

/// <summary>
/// Changes live settings, one request after the other. It writes the journal first, then makes the change, and has a thread of its own,
/// since it waits for the disk.
/// </summary>
internal sealed class ControlActor : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LiveControl _live;
    private readonly Func<SettingChange, string?> _refuse;

    public ControlActor(LiveControl live, Func<SettingChange, string?> refuse)
    {
        _live = live;
        _refuse = refuse;
        Receive<ControlProtocol.Change>(message => Sender.Tell(Handle(message)));
    }

    internal static Props Props(LiveControl live, Func<SettingChange, string?> refuse) =>
        Akka.Actor.Props.Create(() => new ControlActor(live, refuse)).WithDispatcher(Dispatchers.OwnThread);

    private SettingsAnswer Handle(ControlProtocol.Change message)
    {
        try
        {
            var answer = _live.Change(message.Changes, message.By, _refuse);
            foreach (var change in answer.Changes)
                _log.Info("{Setting} = {Value} from step {Step} on, by {By}", change.Setting, change.Value, change.Step, change.By);
            if (answer.Changes.Count > 0) Context.Parent.Tell(new ControlProtocol.Changed(answer.Now));
            return answer;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Context.Parent.Tell(new SupervisionDecision(
                Self.PathInRun(), $"cannot write {RunFiles.Control}: {cause.Message}", "the change is refused; training goes on")
            {
                IsGrave = true,
            });
            return new SettingsAnswer([], _live.Current, $"{RunFiles.Control} of the run folder cannot be written: "
                + $"{cause.Message.TrimEnd('.')}. Nothing was changed; free space there and try again.");
        }
    }
}
