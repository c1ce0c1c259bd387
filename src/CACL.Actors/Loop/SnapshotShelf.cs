using System.Collections.Concurrent;
using CACL.Actors.Contracts;
using CACL.Learning.Weights;

namespace CACL.Actors.Loop;

/// <summary>
/// Stores the training loop's snapshots until they are written, within one process: messages carry a ticket, never hundreds of megabytes.
/// The shelf owns a snapshot until somebody takes it. Thread-safe.
/// </summary>
internal sealed class SnapshotShelf
{
    private readonly ConcurrentDictionary<long, TrainingSnapshot> _snapshots = [];
    private long _last;

    /// <summary>Number of snapshots on the shelf.</summary>
    public int Count => _snapshots.Count;

    /// <summary>Puts a snapshot on the shelf.</summary>
    public SnapshotTicket Put(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps, bool final)
    {
        var id = Interlocked.Increment(ref _last);
        _snapshots[id] = snapshot;
        return new SnapshotTicket(id, step, skippedSteps, final);
    }

    /// <summary>Returns a snapshot, which stays on the shelf.</summary>
    /// <exception cref="InvalidOperationException">The snapshot was taken before.</exception>
    public TrainingSnapshot Read(SnapshotTicket ticket) => _snapshots.TryGetValue(ticket.Id, out var snapshot)
        ? snapshot
        : throw new InvalidOperationException($"The snapshot of step {ticket.Step} is not there any more.");

    /// <summary>Takes a snapshot off the shelf; the caller owns it. Returns null if it was taken before.</summary>
    public TrainingSnapshot? Take(SnapshotTicket ticket) => _snapshots.TryRemove(ticket.Id, out var snapshot) ? snapshot : null;
}
