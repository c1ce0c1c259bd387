namespace CACL.Actors.Decoding;

/// <summary>
/// Plans that wait for a decoder, first come, first served. Those that came back from a lost worker go first, since the stream is in order
/// and waits for them; those that a worker could not decode are for the decoders of this process alone.
/// </summary>
internal sealed class WaitingPlans<T> : IEnumerable<T>
{
    private readonly Queue<T> _new = new();
    private readonly Queue<T> _again = new();
    private readonly Queue<T> _here = new();

    /// <summary>Number of plans that wait for a decoder anywhere.</summary>
    public int Anywhere => _new.Count + _again.Count;

    /// <summary>Number of plans that wait.</summary>
    public int Count => Anywhere + _here.Count;

    /// <summary>Adds a plan.</summary>
    public void Add(T plan) => _new.Enqueue(plan);

    /// <summary>Adds a plan that had been handed out before.</summary>
    public void AddAgain(T plan) => _again.Enqueue(plan);

    /// <summary>Adds a plan that only a decoder of this process may get.</summary>
    public void AddHere(T plan) => _here.Enqueue(plan);

    /// <summary>Takes the next plan for a decoder of this process. There must be one.</summary>
    public T Take() => _here.TryDequeue(out var plan) ? plan : TakeElsewhere();

    /// <summary>Takes the next plan for a decoder elsewhere. <see cref="Anywhere"/> must not be 0.</summary>
    public T TakeElsewhere() => _again.TryDequeue(out var plan) ? plan : _new.Dequeue();

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _here.Concat(_again).Concat(_new).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
