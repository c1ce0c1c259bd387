using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Dispatch;

namespace CACL.Benchmarks.Simulation;

/// <summary>What actors of one kind did: those of all runs whose paths differ in numbers only.</summary>
/// <param name="Kind">Their path, without numbers.</param>
/// <param name="Actors">How many there are.</param>
/// <param name="Messages">Their messages.</param>
/// <param name="Seconds">Their processor time.</param>
/// <param name="Busiest">Processor time of the one that took most.</param>
/// <param name="LongestQueue">Most messages that waited for one of them at once, the one that it took next included.</param>
internal sealed record ActorLoad(string Kind, int Actors, long Messages, double Seconds, double Busiest, int LongestQueue);

/// <summary>Measures what each actor costs: messages, processor time of the thread that runs all of them, and queues.</summary>
internal sealed partial class ActorLoads
{
    private const int ThreadTime = 3; // CLOCK_THREAD_CPUTIME_ID on Linux
    private static readonly PropertyInfo Cell = typeof(Mailbox).GetProperty("Actor", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private readonly Dictionary<Mailbox, Load> _loads = [];
    private long _last;

    public void Begin() => Skip();

    /// <summary>Leaves out what the thread did since the last actor.</summary>
    public void Skip() => _last = Time();

    public void Run(IRunnable run)
    {
        if (run is not Mailbox mailbox)
        {
            run.Run();
            Skip();
            return;
        }

        if (!_loads.TryGetValue(mailbox, out var load)) _loads.Add(mailbox, load = new Load());
        var waiting = mailbox.MessageQueue.Count;
        mailbox.Run();
        load.Longest = Math.Max(load.Longest, waiting);
        if (waiting > 0) load.Messages++; // a dispatcher of throughput 1 takes one at a time
        var now = Time();
        load.Nanoseconds += now - _last;
        _last = now;
    }

    /// <summary>Forgets what was measured so far; only while nothing runs.</summary>
    public void Clear() => _loads.Clear();

    public IReadOnlyList<ActorLoad> All() => [.. _loads
        .GroupBy(load => KindOf(load.Key), load => load.Value, StringComparer.Ordinal)
        .Select(kind => new ActorLoad(
            kind.Key, kind.Count(), kind.Sum(load => load.Messages), kind.Sum(load => load.Nanoseconds) / 1e9,
            kind.Max(load => load.Nanoseconds) / 1e9, kind.Max(load => load.Longest)))
        .OrderByDescending(load => load.Busiest)];

    /// <summary>Returns whose messages a mailbox has; null if the actor has ended.</summary>
    public static ActorCell? Of(Mailbox mailbox) => Cell.GetValue(mailbox) as ActorCell;

    private static string KindOf(Mailbox mailbox) => Of(mailbox) is { } cell
        ? Numbers().Replace(string.Join('/', cell.Self.Path.Elements), "")
        : "(ended)";

    private static long Time() => GetTime(ThreadTime, out var time) == 0
        ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
        : throw new InvalidOperationException("The thread's processor time cannot be read.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [GeneratedRegex("-?[0-9]+")]
    private static partial Regex Numbers();

    private sealed class Load
    {
        public long Messages { get; set; }

        public long Nanoseconds { get; set; }

        public int Longest { get; set; }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
