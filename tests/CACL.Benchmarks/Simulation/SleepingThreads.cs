using CACL.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace CACL.Benchmarks.Simulation;

/// <summary>
/// Tells whether all threads of this process but the one that asks wait for something, by what Linux says of them. A thread that could run
/// but has no core counts as awake, so that a busy machine makes a simulation slow and not wrong.
/// </summary>
internal sealed class SleepingThreads : IDisposable
{
    private const string Tasks = "/proc/self/task";
    private readonly List<SafeFileHandle> _states = [];
    private readonly byte[] _text = new byte[512];

    public bool AreAsleep()
    {
        // What wakes another thread and falls asleep while the list is read is found by the second reading.
        for (var i = 0; i < 2; i++)
        {
            if (ThreadPool.PendingWorkItemCount > 0 || !AreAsleepNow()) return false;
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var state in _states) state.Dispose();
        _states.Clear();
    }

    private bool AreAsleepNow()
    {
        // Besides a folder for each thread, the folder's own name and "." lead to it; the asking thread is not looked at.
        if (FileStatus.Of(Tasks) is not { } status || (int)status.Names - 3 != _states.Count) List();
        for (var i = 0; i < _states.Count; i++)
        {
            if (IsAsleep(_states[i])) continue;
            // Whoever was awake probably is the next time.
            (_states[0], _states[i]) = (_states[i], _states[0]);
            return false;
        }

        return true;
    }

    private void List()
    {
        Dispose();
        var own = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.Name;
        foreach (var task in Directory.GetDirectories(Tasks))
        {
            if (Path.GetFileName(task) == own) continue;
            try
            {
                _states.Add(File.OpenHandle(Path.Combine(task, "stat"), share: FileShare.ReadWrite));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
    }

    private bool IsAsleep(SafeFileHandle state)
    {
        try
        {
            var text = _text.AsSpan(0, RandomAccess.Read(state, _text, 0));
            var name = text.LastIndexOf((byte)')');
            return name >= 0 && name + 2 < text.Length && text[name + 2] == (byte)'S';
        }
        catch (IOException)
        {
            List();
            return false;
        }
    }
}
