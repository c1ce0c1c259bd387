using System.Collections.Concurrent;
using CACL.Actors.Links;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluators;

/// <summary>What a worker that evaluates did so far, and does now. Thread-safe.</summary>
internal sealed class EvaluatorFigures(LinkStream stream)
{
    private readonly ConcurrentDictionary<object, string> _doing = new();
    private long _evaluated;
    private long _handedBack;

    /// <summary>Evaluations that came back with a result.</summary>
    public long Evaluated => Volatile.Read(ref _evaluated);

    /// <summary>Those that did not.</summary>
    public long HandedBack => Volatile.Read(ref _handedBack);

    /// <summary>Bytes that went, which are those of checkpoints.</summary>
    public long Bytes => stream.BytesWritten;

    /// <summary>What it evaluates now, in words.</summary>
    public IReadOnlyList<string> Doing => [.. _doing.Values.Order(StringComparer.Ordinal)];

    /// <summary>Notes that it begins an evaluation.</summary>
    /// <returns>What to pass when it ends.</returns>
    public object Begin(EvaluationRequest request)
    {
        var one = new object();
        _doing[one] = $"step {request.Step} on {request.Target}";
        return one;
    }

    /// <summary>Notes that an evaluation ended.</summary>
    public void End(object one, bool succeeded)
    {
        _doing.TryRemove(one, out _);
        if (succeeded) Interlocked.Increment(ref _evaluated);
        else Interlocked.Increment(ref _handedBack);
    }
}
