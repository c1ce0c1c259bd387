using System.Collections.Concurrent;

namespace CACL.Learning.Ranks;

/// <summary>
/// A thread of its own for calls that may wait for other ranks: whoever gives it work can stop waiting, the thread cannot. Given work by
/// one thread, one piece at a time.
/// </summary>
internal sealed class NcclThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly ManualResetEventSlim _done = new(initialState: true);
    private Exception? _fault;

    /// <summary>Starts it.</summary>
    public NcclThread() => new Thread(Run) { IsBackground = true, Name = "nccl" }.Start();

    /// <summary>Has it do some work, and looks around from time to time until that is done.</summary>
    /// <param name="work">The work; what it throws is thrown here.</param>
    /// <param name="between">Time between two looks.</param>
    /// <param name="look">Looks whether it is still worth waiting; returns false to leave the thread to itself.</param>
    /// <returns>Whether the work is done.</returns>
    public bool Do(Action work, TimeSpan between, Func<bool> look)
    {
        _done.Reset();
        _fault = null;
        _work.Add(() =>
        {
            try
            {
                work();
            }
            catch (Exception fault)
            {
                _fault = fault;
            }

            _done.Set();
        });
        while (!_done.Wait(between))
        {
            if (!look()) return false;
        }

        return _fault is null ? true : throw _fault;
    }

    /// <summary>Waits a while for work that was left to itself; returns whether it is done.</summary>
    public bool IsDoneWithin(TimeSpan time) => _done.Wait(time);

    /// <inheritdoc/>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }
}
