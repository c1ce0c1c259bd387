using System.Numerics;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Supervision;
using CACL.Learning.Weights;

namespace CACL.Actors.Checkpoints;

/// <summary>
/// Writes one checkpoint at a time from a host copy, on a thread of its own; training goes on meanwhile. What cannot be written is
/// tried again with back-off. A state that holds NaN or infinity is never written.
/// </summary>
internal sealed class CheckpointActor : ReceiveActor, IWithTimers
{
    private const string Superseded = "a newer state took its place";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ICheckpointStorage _storage;
    private readonly RunOptions _options;
    private Save? _current;
    private bool _knowsNewer;
    private bool _hurry;

    public CheckpointActor(ICheckpointStorage storage, RunOptions options)
    {
        _storage = storage;
        _options = options;
        Receive<Save>(message =>
        {
            if (message.IsRepeated && _knowsNewer)
            {
                Context.Parent.Tell(new GivenUp(message.Copy, Superseded));
                return;
            }

            _knowsNewer = true;
            if (_current is { } older) Supersede(older);
            _current = message;
            Try(message, attempt: 1);
        });
        Receive<TryAgain>(message => Try(message.Save, message.Attempt));
        Receive<Hurry>(_ => TryNow());
    }

    /// <summary>Write this state; answered to the parent by <see cref="Saved"/> or <see cref="GivenUp"/>.</summary>
    /// <param name="Copy">The state.</param>
    /// <param name="IsRepeated">Told to itself by an actor that failed over it: what it was told meanwhile is newer.</param>
    internal sealed record Save(LoopReport.Copied Copy, bool IsRepeated = false);

    /// <summary>
    /// The run is asked to end: what waits for its next try is tried now, and no longer than <see cref="RunOptions.CheckpointAttempts"/>
    /// from now on.
    /// </summary>
    internal sealed record Hurry;

    /// <summary>The checkpoint is on disk; its copy is free again.</summary>
    internal sealed record Saved(LoopReport.Copied Copy, string Path);

    /// <summary>Writing failed and is tried again later.</summary>
    internal sealed record Delayed(long Step, string Cause);

    /// <summary>The checkpoint was not written; its copy is free again.</summary>
    internal sealed record GivenUp(LoopReport.Copied Copy, string Cause);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(ICheckpointStorage storage, RunOptions options) =>
        Akka.Actor.Props.Create(() => new CheckpointActor(storage, options)).WithDispatcher(Dispatchers.OwnThread);

    protected override void PreRestart(Exception reason, object message)
    {
        // What it was told outlives it in the mailbox only.
        if (_hurry) Self.Tell(new Hurry());
        if (_current is { } unfinished) Self.Tell(unfinished with { IsRepeated = true });
        base.PreRestart(reason, message);
    }

    private void Try(Save save, int attempt)
    {
        var copy = save.Copy;
        if (FirstNotFinite(copy.Snapshot) is { } tensor)
        {
            _log.Error(
                "Supervision: the state after step {Step} holds NaN or infinity in {Tensor}. Decision: it is not saved; the last good "
                    + "checkpoint stays",
                copy.Step, tensor);
            Done(new GivenUp(copy, $"the state after step {copy.Step} holds NaN or infinity in {tensor}"));
            return;
        }

        try
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var path = _storage.Write(copy.Snapshot, copy.Step, copy.SkippedSteps);
            _log.Info(
                "Checkpoint {Path} written in {Seconds:0.0} s", path, System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds);
            Done(new Saved(copy, path));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CheckpointException)
        {
            Failed(save, attempt, cause);
        }
    }

    private void TryNow()
    {
        _hurry = true;
        if (!Timers.IsTimerActive("again")) return;
        Timers.Cancel("again");
        Try(_current!, attempt: 1);
    }

    /// <summary>A newer state makes one that could not be written so far needless.</summary>
    private void Supersede(Save older)
    {
        Timers.Cancel("again");
        _log.Warning("Checkpoint of step {Step} could not be written; a newer state takes its place", older.Copy.Step);
        Context.Parent.Tell(new GivenUp(older.Copy, Superseded));
    }

    private void Failed(Save save, int attempt, Exception cause)
    {
        // A training that pauses waits for the disk however long that takes; only one that was asked to end does not.
        var pauses = _options.OnCheckpointFailure == OnCheckpointFailure.Pause;
        var endless = pauses && !_hurry;
        if (!endless && attempt >= _options.CheckpointAttempts)
        {
            _log.Error(
                "Supervision: checkpoint of step {Step} could not be written {Attempts} times: {Cause} Decision: given up; the last good "
                    + "checkpoint stays",
                save.Copy.Step, attempt, cause.Message);
            Done(new GivenUp(save.Copy, cause.Message));
            return;
        }

        var wait = _options.CheckpointBackOff.After(attempt);
        _log.Warning(
            "Supervision: checkpoint of step {Step} could not be written: {Cause} Decision: tried again in {Seconds:0.0} s (attempt "
                + "{Attempt}{Most}); training {Meanwhile}",
            save.Copy.Step, cause.Message, wait.TotalSeconds, attempt, endless ? "" : $" of {_options.CheckpointAttempts}",
            pauses ? "waits" : "goes on");
        Context.Parent.Tell(new Delayed(save.Copy.Step, cause.Message));
        Timers.StartSingleTimer("again", new TryAgain(save, attempt + 1), wait);
    }

    private void Done(object result)
    {
        _current = null;
        Context.Parent.Tell(result);
    }

    /// <summary>The first tensor that holds NaN or infinity, or null. x·0 is 0 for finite x and NaN otherwise.</summary>
    private static string? FirstNotFinite(TrainingSnapshot snapshot)
    {
        foreach (var tensor in snapshot.Tensors)
        {
            var sum = Vector<float>.Zero;
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(tensor.Values.AsSpan());
            foreach (var vector in vectors) sum += vector * 0f;
            var rest = 0f;
            foreach (var value in tensor.Values.AsSpan(vectors.Length * Vector<float>.Count)) rest += value * 0f;
            if (float.IsNaN(Vector.Sum(sum) + rest)) return tensor.Name;
        }

        return null;
    }

    private sealed record TryAgain(Save Save, int Attempt);
}
