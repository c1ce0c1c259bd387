namespace CACL.Runs.Live;

/// <summary>
/// The settings that may change during a run. The training loop reads them at the beginning of each step; a change that is requested
/// meanwhile is first written to the journal, and takes effect with the first step that has not begun yet. Thread-safe.
/// </summary>
/// <remarks>
/// A change that is being written to the journal has reserved its step, and no lock is held meanwhile: the loop waits only when it comes to
/// that step, and only for a change to what is computed. Readers of the settings never wait.
///
/// Changes to what is computed are kept by step: a run that continues from an earlier checkpoint, after a kill or a roll-back, meets the
/// change again at the same step. A change replaces all changes of the same setting at its own step and later ones: these can only come
/// from a part of the run that is done again, and the newest change counts. Changes that do not affect what is computed (schedules,
/// decoders, log level) take effect from their last line on, wherever the run continues.
/// </remarks>
public sealed class LiveControl
{
    private readonly object _gate = new();
    private readonly Lock _turn = new(); // held while the journal is written, by those who change settings alone
    private readonly LiveSettings _configured;
    private readonly IControlJournal _journal;
    private readonly TimeProvider _clock;
    private readonly List<JournaledChange> _timeline = [];
    private readonly long _totalSteps;
    private long _begun;
    private long _reserved = long.MaxValue; // the step whose numbers a change is just being written for; MaxValue: none
    private volatile LiveSettings _current;

    /// <param name="configured">The settings that the run was started with.</param>
    /// <param name="journal">The journal in which changes are kept; its existing lines are applied.</param>
    /// <param name="stepsDone">Steps that the run has done.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="ControlJournalException">The journal cannot be understood.</exception>
    public LiveControl(LiveSettings configured, IControlJournal journal, long stepsDone, long totalSteps, TimeProvider clock)
    {
        _configured = configured;
        _journal = journal;
        _totalSteps = totalSteps;
        _clock = clock;
        foreach (var change in journal.Read())
        {
            if (Find(change.Setting)!.With(configured, change.Value) is null)
                throw new ControlJournalException($"{journal.Path} says {change.Setting} = {change.Value} from step {change.Step} on, and "
                    + $"it must be {Find(change.Setting)!.Expected}. Correct that line, or delete it to continue without that change.");
            Enter(change);
        }

        _begun = stepsDone;
        _current = At(stepsDone + 1);
    }

    /// <summary>The settings of the next step to begin.</summary>
    public LiveSettings Current => _current;

    /// <summary>Changes in the journal for steps that are still to come.</summary>
    public IReadOnlyList<JournaledChange> Ahead
    {
        get
        {
            lock (_gate) return [.. _timeline.Where(c => c.Step > _begun + 1 && Find(c.Setting)!.ChangesNumbers)];
        }
    }

    /// <summary>
    /// Returns the settings of a step; the training loop calls it when the step begins. From then on, changes take effect with the step
    /// after it.
    /// </summary>
    /// <param name="step">The step, counted from 0.</param>
    public LiveSettings Begin(long step)
    {
        lock (_gate)
        {
            // A step that is left out does not begin: then the one after it has to wait.
            while (step + 1 >= _reserved) Monitor.Wait(_gate);
            var settings = At(step + 1);
            _begun = step + 1;
            _current = At(step + 2);
            return settings;
        }
    }

    /// <summary>Returns the settings of any step, counted from 0, as far as they are known now.</summary>
    public LiveSettings Of(long step)
    {
        lock (_gate) return At(step + 1);
    }

    /// <summary>Notes that the run continues from another step.</summary>
    /// <param name="stepsDone">Steps that it has done there.</param>
    public void GoTo(long stepsDone)
    {
        lock (_gate)
        {
            _begun = stepsDone;
            _current = At(stepsDone + 1);
        }
    }

    /// <summary>
    /// Changes settings, all or none. Returns when the journal is flushed to the disk; if the loop reaches its next step meanwhile, it
    /// waits for that.
    /// </summary>
    /// <param name="wishes">The requested changes.</param>
    /// <param name="by">Who requests them.</param>
    /// <param name="refuse">Returns a sentence that says why a run cannot apply a setting; null if it can.</param>
    /// <exception cref="IOException">The journal cannot be written; nothing was changed.</exception>
    public SettingsAnswer Change(IReadOnlyList<SettingChange> wishes, string by, Func<SettingChange, string?> refuse)
    {
        lock (_turn)
        {
            if (Reserve(wishes, by, refuse, out var changes) is { } fault) return new SettingsAnswer([], _current, fault);
            if (changes.Count == 0) return new SettingsAnswer([], _current, null);
            var written = false;
            try
            {
                _journal.Append(changes);
                written = true;
            }
            finally
            {
                Settle(written ? changes : []);
            }

            return new SettingsAnswer(changes, _current, null);
        }
    }

    /// <summary>What wishes change, and for which step: from here on that step waits if its numbers change.</summary>
    /// <returns>Why nothing is changed, or null.</returns>
    private string? Reserve(
        IReadOnlyList<SettingChange> wishes, string by, Func<SettingChange, string?> refuse, out List<JournaledChange> changes)
    {
        changes = [];
        lock (_gate)
        {
            var wanted = _current;
            foreach (var wish in wishes)
            {
                if (FaultOf(wish, wanted, refuse, out var setting, out var changed) is { } fault) return fault;
                // Asked for what is so already: nothing to do, unless the journal has it otherwise later on.
                if (setting!.Read(changed!) == setting.Read(wanted) && !_timeline.Exists(
                    c => c.Setting == wish.Setting && c.Step > _begun + 1))
                    continue;
                wanted = changed!;
                changes.Add(new JournaledChange(_clock.GetLocalNow(), _begun + 1, wish.Setting, setting.Read(wanted), by));
            }

            if (changes.Exists(change => Find(change.Setting)!.ChangesNumbers)) _reserved = _begun + 1;
            return null;
        }
    }

    /// <summary>Takes up what was written and lets the step begin that waits for it.</summary>
    private void Settle(IReadOnlyList<JournaledChange> written)
    {
        lock (_gate)
        {
            foreach (var change in written) Enter(change);
            _current = At(_begun + 1);
            _reserved = long.MaxValue;
            Monitor.PulseAll(_gate);
        }
    }

    private string? FaultOf(
        SettingChange wish, LiveSettings settings, Func<SettingChange, string?> refuse, out LiveSetting? setting, out LiveSettings? changed)
    {
        changed = null;
        setting = Find(wish.Setting);
        if (setting is null)
            return $"There is no setting {wish.Setting} that can be changed during a run; there are "
                + $"{string.Join(", ", LiveSettingNames.Of(_configured.LossWeights))}.";
        changed = setting.With(settings, wish.Value);
        if (changed is null) return $"{wish.Setting} = {wish.Value} is not allowed: it must be {setting.Expected}.";
        if (setting.ChangesNumbers && _begun >= _totalSteps)
            return $"The last step has begun: there is no step left for {wish.Setting} to act on.";
        return refuse(wish);
    }

    private LiveSetting? Find(string name) => LiveSetting.Find(name, _configured.LossWeights);

    private void Enter(JournaledChange change)
    {
        _timeline.RemoveAll(c => c.Setting == change.Setting && c.Step >= change.Step);
        _timeline.Add(change);
    }

    private LiveSettings At(long number)
    {
        var settings = _configured;
        foreach (var change in _timeline)
        {
            var setting = Find(change.Setting)!;
            if (change.Step <= number || !setting.ChangesNumbers) settings = setting.With(settings, change.Value)!;
        }

        return settings;
    }
}
