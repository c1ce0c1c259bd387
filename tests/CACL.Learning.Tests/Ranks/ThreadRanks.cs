using System.Runtime.InteropServices;
using CACL.Learning.Ranks;

namespace CACL.Learning.Tests.Ranks;

/// <summary>Ranks that are threads of this process: they exchange what MPI's would, in the same order on every rank.</summary>
internal sealed class ThreadRanks : ICollectives
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly Meeting _meeting;
    private LostRankException? _broken;

    private ThreadRanks(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public int Rank { get; }

    public int Size => _meeting.Brought.Length;

    /// <summary>Exchanges that this rank has made.</summary>
    public int Exchanges { get; private set; }

    /// <summary>The exchange, counted from 0 on each rank, in which the ranks lose each other; null: they do not.</summary>
    public int? FailsAt { get; set; }

    /// <summary>Has so many ranks do the same, each on a thread of its own, and returns what they return, in their order.</summary>
    public static T[] Do<T>(int size, Func<ThreadRanks, T> work)
    {
        using var meeting = new Meeting(size);
        var results = new T[size];
        var faults = new Exception?[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadRanks(meeting, rank));
            }
            catch (Exception fault)
            {
                faults[rank] = fault;
                meeting.Leave();
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        // The first fault is the cause of the others, which only miss a rank.
        if (faults.OrderBy(fault => fault is LostRankException).FirstOrDefault(fault => fault is not null) is { } first)
            throw new InvalidOperationException(first.ToString(), first);
        return results;
    }

    public void AllReduce(Span<float> values, string what)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var all = Meet(bytes, what);
        values.Clear();
        foreach (var one in all)
        {
            var theirs = MemoryMarshal.Cast<byte, float>(one);
            for (var i = 0; i < values.Length; i++) values[i] += theirs[i];
        }
    }

    public void AllReduce(Span<double> values, string what)
    {
        var all = Meet(MemoryMarshal.AsBytes(values), what);
        values.Clear();
        foreach (var one in all)
        {
            var theirs = MemoryMarshal.Cast<byte, double>(one);
            for (var i = 0; i < values.Length; i++) values[i] += theirs[i];
        }
    }

    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, string what)
    {
        var at = 0;
        foreach (var one in Meet(own, what))
        {
            one.CopyTo(all[at..]);
            at += one.Length;
        }
    }

    public void AllToAll(
        ReadOnlySpan<byte> send, ReadOnlySpan<int> sendBytes, Span<byte> receive, ReadOnlySpan<int> receiveBytes, string what)
    {
        var counts = Meet(MemoryMarshal.AsBytes(sendBytes), what);
        var at = 0;
        var brought = Meet(send, what);
        for (var rank = 0; rank < Size; rank++)
        {
            var theirs = MemoryMarshal.Cast<byte, int>(counts[rank]).ToArray();
            Assert.Equal(theirs[Rank], receiveBytes[rank]);
            brought[rank].AsSpan(theirs[..Rank].Sum(), theirs[Rank]).CopyTo(receive[at..]);
            at += theirs[Rank];
        }
    }

    public void Broadcast(Span<byte> bytes, string what) => Meet(bytes, what)[0].CopyTo(bytes);

    public void Barrier(string what) => Meet([], what);

    public LostRankException? Gone() => null;

    public void GiveUp(LostRankException cause) => _broken = cause;

    public void Dispose()
    {
    }

    private byte[][] Meet(ReadOnlySpan<byte> bytes, string what)
    {
        if (_broken is not null) throw new LostRankException(_broken.Message, _broken);
        if (Exchanges++ == FailsAt) throw new LostRankException($"A rank did not take part in {what}.");
        _meeting.Brought[Rank] = bytes.ToArray();
        Wait(what);
        var all = _meeting.Brought.ToArray();
        Wait(what);
        return all;
    }

    private void Wait(string what)
    {
        if (!_meeting.Wait(Deadline)) throw new LostRankException($"A rank did not take part in {what}.");
    }

    private sealed class Meeting(int size) : IDisposable
    {
        private readonly CancellationTokenSource _gone = new();
        private readonly Barrier _barrier = new(size);

        public byte[][] Brought { get; } = new byte[size][];

        public bool Wait(TimeSpan deadline)
        {
            try
            {
                return _barrier.SignalAndWait(deadline, _gone.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        public void Leave() => _gone.Cancel();

        public void Dispose()
        {
            _barrier.Dispose();
            _gone.Dispose();
        }
    }
}
