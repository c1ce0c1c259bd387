using System.Globalization;
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
/// Writes one checkpoint at a time from a snapshot in host memory, on a thread of its own, while the training continues. A write that fails
/// is tried again with back-off. A state that contains NaN or infinity is never written.
/// </summary>
internal sealed class CheckpointActor : ReceiveActor, IWithTimers
{
    private const string Superseded = "a newer state took its place";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ICheckpointStorage _storage;
    private readonly SnapshotShelf _shelf;
    private readonly RunOptions _options;
    private CheckpointProtocol.Save? _current;
    private bool _knowsNewer;
    private bool _hurry;

    public CheckpointActor(ICheckpointStorage storage, SnapshotShelf shelf, RunOptions options)
    {
        _storage = storage;
        _shelf = shelf;
        _options = options;
        Receive<CheckpointProtocol.Save>(message =>
        {
            if (message.IsRepeated && _knowsNewer)
            {
                Context.Parent.Tell(new CheckpointProtocol.GivenUp(message.Snapshot, Superseded));
                return;
            }

            _knowsNewer = true;
            if (_current is { } older) Supersede(older);
            _current = message;
            Try(message, attempt: 1);
        });
        Receive<Retry>(message => Try(message.Save, message.Attempt));
        Receive<CheckpointProtocol.Hurry>(_ => TryNow());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(ICheckpointStorage storage, SnapshotShelf shelf, RunOptions options) =>
        Akka.Actor.Props.Create(() => new CheckpointActor(storage, shelf, options)).WithDispatcher(Dispatchers.OwnThread);

    protected override void PreRestart(Exception reason, object message)
    {
        // Only messages in the mailbox survive a restart, so the actor sends itself what it still has to do.
        if (_hurry) Self.Tell(new CheckpointProtocol.Hurry());
        if (_current is { } unfinished) Self.Tell(unfinished with { IsRepeated = true });
        base.PreRestart(reason, message);
    }

    private void Try(CheckpointProtocol.Save save, int attempt)
    {
        var ticket = save.Snapshot;
        var snapshot = _shelf.Read(ticket);
        if (FirstNotFinite(snapshot) is { } tensor)
        {
            Decide(
                SupervisionVerdict.GivenUp, $"is to write the state after step {ticket.Step}, which holds NaN or infinity in {tensor}.",
                "it is not saved; the last good checkpoint stays");
            Done(new CheckpointProtocol.GivenUp(ticket, $"the state after step {ticket.Step} holds NaN or infinity in {tensor}"));
            return;
        }

        try
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var path = _storage.Write(snapshot, ticket.Step, ticket.SkippedSteps);
            _log.Info(
                "Checkpoint {Path} written in {Seconds:0.0} s", path, System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds);
            Done(new CheckpointProtocol.Saved(ticket, path));
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

    /// <summary>Gives up a snapshot that could not be written so far, since a newer one replaces it.</summary>
    private void Supersede(CheckpointProtocol.Save older)
    {
        Timers.Cancel("again");
        _log.Warning("Checkpoint of step {Step} could not be written; a newer state takes its place", older.Snapshot.Step);
        Context.Parent.Tell(new CheckpointProtocol.GivenUp(older.Snapshot, Superseded));
    }

    private void Failed(CheckpointProtocol.Save save, int attempt, Exception cause)
    {
        // A training that pauses on failure waits for the disk indefinitely, unless it was asked to end.
        var pauses = _options.OnCheckpointFailure == OnCheckpointFailure.Pause;
        var endless = pauses && !_hurry;
        if (!endless && attempt >= _options.CheckpointAttempts)
        {
            Decide(
                SupervisionVerdict.GivenUp, $"could not write the checkpoint of step {save.Snapshot.Step} {attempt} times: {cause.Message}",
                "given up; the last good checkpoint stays", attempt);
            Done(new CheckpointProtocol.GivenUp(save.Snapshot, cause.Message));
            return;
        }

        var wait = _options.CheckpointBackOff.After(attempt);
        var most = endless ? "" : $" of {_options.CheckpointAttempts}";
        Decide(
            SupervisionVerdict.TriedAgain, $"could not write the checkpoint of step {save.Snapshot.Step}: {cause.Message}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"tried again in {wait.TotalSeconds:0.0} s (attempt {attempt}{most}); training {(pauses ? "waits" : "goes on")}"),
            attempt);
        Context.Parent.Tell(new CheckpointProtocol.Delayed(save.Snapshot.Step, cause.Message));
        Timers.StartSingleTimer("again", new Retry(save, attempt + 1), wait);
    }

    private void Decide(SupervisionVerdict verdict, string cause, string decision, int count = 1) =>
        Context.Parent.Tell(new SupervisionDecision(Self.PathInRun(), cause, decision, count)
        {
            Verdict = verdict,
            IsGrave = verdict == SupervisionVerdict.GivenUp,
        });

    private void Done(IRunMessage result)
    {
        _current = null;
        Context.Parent.Tell(result);
    }

    /// <summary>Returns the first tensor that contains NaN or infinity, or null. x·0 is 0 for finite x and NaN otherwise.</summary>
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

    private sealed record Retry(CheckpointProtocol.Save Save, int Attempt) : INoSerializationVerificationNeeded;
}
