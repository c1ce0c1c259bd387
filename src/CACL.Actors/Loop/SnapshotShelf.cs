using System.Collections.Concurrent;
using CACL.Actors.Contracts;
using CACL.Learning.Weights;

namespace CACL.Actors.Loop;

/// <summary>
/// Where the training loop lays snapshots of its state for whoever writes them, in one process: a message carries the ticket, never
/// hundreds of megabytes. A snapshot belongs to the shelf until somebody takes it down. Thread-safe.
/// </summary>
internal sealed class SnapshotShelf
{
    private readonly ConcurrentDictionary<long, TrainingSnapshot> _snapshots = [];
    private long _last;

    /// <summary>Snapshots that lie there.</summary>
    public int Count => _snapshots.Count;

    /// <summary>Lays a snapshot down.</summary>
    public SnapshotTicket Put(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps, bool final)
    {
        var id = Interlocked.Increment(ref _last);
        _snapshots[id] = snapshot;
        return new SnapshotTicket(id, step, skippedSteps, final);
    }

    /// <summary>The snapshot, which stays where it is.</summary>
    /// <exception cref="InvalidOperationException">It was taken down before.</exception>
    public TrainingSnapshot Read(SnapshotTicket ticket) => _snapshots.TryGetValue(ticket.Id, out var snapshot)
        ? snapshot
        : throw new InvalidOperationException($"The snapshot of step {ticket.Step} is not there any more.");

    /// <summary>Takes the snapshot down; its memory is the caller's. Null: that was done before.</summary>
    public TrainingSnapshot? Take(SnapshotTicket ticket) => _snapshots.TryRemove(ticket.Id, out var snapshot) ? snapshot : null;
}
