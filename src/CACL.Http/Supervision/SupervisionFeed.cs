using CACL.Actors.Contracts;

namespace CACL.Http.Supervision;

/// <summary>A decision of a supervisor and its place among all of this start of the run.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Decision">The decision.</param>
public sealed record NumberedDecision(long Number, SupervisionDecision Decision);

/// <summary>Keeps the last decisions of a run's supervisors. Thread-safe, bounded.</summary>
public sealed class SupervisionFeed
{
    private const int Most = 500;

    private readonly Lock _gate = new();
    private readonly Queue<NumberedDecision> _decisions = new();
    private long _number;

    /// <summary>The number of the newest; 0: there is none.</summary>
    public long Newest => Volatile.Read(ref _number);

    /// <summary>Returns the decisions after a number, oldest first; after 0 all that are kept.</summary>
    public IReadOnlyList<NumberedDecision> Since(long number)
    {
        if (Newest <= number) return [];
        lock (_gate) return [.. _decisions.Where(e => e.Number > number)];
    }

    /// <summary>Keeps a decision. Never waits for a reader.</summary>
    public void Add(SupervisionDecision decision)
    {
        lock (_gate)
        {
            _decisions.Enqueue(new NumberedDecision(_number + 1, decision));
            if (_decisions.Count > Most) _decisions.Dequeue();
            Volatile.Write(ref _number, _number + 1);
        }
    }
}
