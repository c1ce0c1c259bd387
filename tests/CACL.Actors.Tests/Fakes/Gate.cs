using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Where other threads wait until the test lets them through.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private int _arrived;

    /// <summary>Called by those threads.</summary>
    public void Pass()
    {
        Interlocked.Increment(ref _arrived);
        Eventually.IsSet(_open);
    }

    /// <summary>Returns when so many have come to it.</summary>
    public void AwaitArrival(int arrivals = 1) => Eventually.Holds(() => Volatile.Read(ref _arrived) >= arrivals);

    /// <summary>Lets all through, from now on.</summary>
    public void Open() => _open.Set();

    /// <summary>Lets all through. What they wait at is left to the garbage collector, since they may still be at it.</summary>
    public void Dispose() => Open();
}
