using System.Collections.Concurrent;
using Akka.Dispatch;

namespace CACL.Benchmarks.Simulation;

/// <summary>
/// A clock that stands still while anything is being computed, and then jumps to the next event: the end of a decoding or of a step, or an
/// actor's timer. One thread runs all actors of all systems, so that it knows what each of them costs. Events are a millisecond apart at
/// least. Not deterministic: a stream's continuations run on the thread pool, in whatever order.
/// </summary>
internal sealed class VirtualTime : TimeProvider, IDisposable
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static VirtualTime? _current;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, List<Action>> _events = [];
    private readonly PriorityQueue<long, long> _times = new();
    private readonly ConcurrentQueue<IRunnable> _ready = new();
    private readonly SleepingThreads _threads = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly ManualResetEventSlim _pause = new();
    private long _grains;
    private volatile bool _passes;
    private volatile bool _over;
    private Exception? _fault;

    public VirtualTime()
    {
        // Akka makes schedulers and executors by their types' names, so they find it here.
        _current = this;
        new Thread(Run) { Name = "actors", IsBackground = true }.Start();
    }

    public static VirtualTime Current => _current ?? throw new InvalidOperationException("There is no virtual time.");

    public TimeSpan Now => Grain * Interlocked.Read(ref _grains);

    public ActorLoads Loads { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Now;

    /// <summary>Has a mailbox run now.</summary>
    public void Ready(IRunnable run) => _ready.Enqueue(run);

    /// <summary>Has something happen later.</summary>
    public void In(TimeSpan delay, Action action)
    {
        lock (_gate)
        {
            var at = _grains + Math.Max(1, (long)Math.Round(delay / Grain));
            if (!_events.TryGetValue(at, out var actions))
            {
                _events[at] = actions = [];
                _times.Enqueue(at, at);
            }

            actions.Add(action);
        }
    }

    /// <summary>Lets time pass, and returns when so much of it has; then it stands still for ever.</summary>
    public void Pass(TimeSpan time)
    {
        In(time, () => _over = true);
        _passes = true;
        _ended.Wait();
        if (_fault is not null) throw new InvalidOperationException("The simulation failed.", _fault);
    }

    public void Dispose()
    {
        _over = true;
        _ended.Wait();
        _ended.Dispose();
        _pause.Dispose();
        _threads.Dispose();
    }

    private void Run()
    {
        try
        {
            Loads.Begin();
            while (!_over)
            {
                while (_ready.TryDequeue(out var run)) Loads.Run(run);
                if (!_passes) _pause.WaitHandle.WaitOne(Grain);
                else if (!_threads.AreAsleep() || !_ready.IsEmpty) Thread.Yield();
                else Advance();
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _fault = fault;
        }

        _ended.Set();
    }

    private void Advance()
    {
        List<Action> actions;
        lock (_gate)
        {
            var next = _times.Dequeue();
            _events.Remove(next, out var due);
            actions = due!;
            Interlocked.Exchange(ref _grains, next);
        }

        foreach (var action in actions) action();
        Loads.Skip();
    }
}
