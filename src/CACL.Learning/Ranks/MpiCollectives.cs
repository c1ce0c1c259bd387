using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CACL.Learning.Ranks;

/// <summary>
/// The ranks that an MPI launcher started, over Open MPI. Every exchange is a non-blocking one that is asked for until it is done, its
/// deadline has passed, or a rank on this machine is gone: a blocking one would wait for a dead rank for ever. Its bytes go through memory
/// of its own, which is never freed after a failure: MPI may still write there. Only one in a process, and never again after it was
/// disposed.
/// </summary>
public sealed unsafe class MpiCollectives : ICollectives
{
    // Exchanges are quick if all ranks are there; if not, whoever waits must leave the cores to those who still compute.
    private static readonly TimeSpan Spinning = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    /// <summary>How long MPI's own end may take; all ranks have said that they are there.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly TimeSpan _deadline;
    private readonly PeerProcess[] _peers;
    private readonly nint _world = Mpi.World;
    private byte* _memory;
    private long _size;
    private LostRankException? _broken;
    private bool _parts;

    private MpiCollectives(TimeSpan deadline)
    {
        _deadline = deadline;
        Mpi.Check(Mpi.SetErrorHandler(_world, Mpi.ErrorsReturn), "the first words");
        Mpi.Check(Mpi.Rank(_world, out var rank), "the first words");
        Mpi.Check(Mpi.Size(_world, out var size), "the first words");
        (Rank, Size) = (rank, size);
        _peers = [];
        _peers = Introduce();
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <summary>Whether an exchange failed because a rank was lost. One that is lost while all part is not missed.</summary>
    public bool HasLostRank => _broken is { IsDrift: false } && !_parts;

    /// <summary>Whether MPI's own end did not come: a thread is left in it, and the process must end without it.</summary>
    public bool StaysBehind { get; private set; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Joins the ranks that the launcher started.</summary>
    /// <param name="deadline">How long one exchange may take.</param>
    /// <exception cref="LostRankException">MPI is not installed, or does not start.</exception>
    public static MpiCollectives Join(TimeSpan deadline)
    {
        Mpi.Require();
        Mpi.Check(Mpi.Init(0, 0, Mpi.Serialised, out var provided), "the first words");
        return provided >= Mpi.Serialised
            ? new MpiCollectives(deadline)
            : throw new LostRankException(
                "This build of Open MPI lets only one thread call it (MPI_THREAD_SERIALIZED is missing): install another.");
    }

    /// <inheritdoc/>
    public void AllReduce(Span<float> values, string what) =>
        AllReduce(MemoryMarshal.AsBytes(values), values.Length, Mpi.Float, what);

    /// <inheritdoc/>
    public void AllReduce(Span<double> values, string what) =>
        AllReduce(MemoryMarshal.AsBytes(values), values.Length, Mpi.Double, what);

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, string what)
    {
        if (all.Length != (long)own.Length * Size)
            throw new ArgumentException($"{Size} ranks of {own.Length} bytes do not fill {all.Length}.", nameof(all));
        lock (_gate)
        {
            var memory = Memory((long)own.Length + all.Length);
            own.CopyTo(new Span<byte>(memory, own.Length));
            var to = memory + own.Length;
            nint request;
            Begin(Mpi.AllGather(memory, own.Length, Mpi.Byte, to, own.Length, Mpi.Byte, _world, &request), what);
            Finish(&request, what);
            new ReadOnlySpan<byte>(to, all.Length).CopyTo(all);
        }
    }

    /// <inheritdoc/>
    public void AllToAll(
        ReadOnlySpan<byte> send, ReadOnlySpan<int> sendBytes, Span<byte> receive, ReadOnlySpan<int> receiveBytes, string what)
    {
        if (sendBytes.Length != Size || receiveBytes.Length != Size)
            throw new ArgumentException($"{Size} ranks need as many counts.", nameof(sendBytes));
        lock (_gate)
        {
            var memory = Memory((long)send.Length + receive.Length);
            send.CopyTo(new Span<byte>(memory, send.Length));
            int[] sent = [.. sendBytes], received = [.. receiveBytes];
            int[] sendPlaces = Places(sent, send.Length), receivePlaces = Places(received, receive.Length);
            // Pinned until the exchange is over; MPI copies none of them. Small arrays, left pinned by a failure, are no loss.
            var pins = new[] { sent, sendPlaces, received, receivePlaces }.Select(a => GCHandle.Alloc(a, GCHandleType.Pinned)).ToArray();
            int* At(int index) => (int*)pins[index].AddrOfPinnedObject();
            nint request;
            Begin(
                Mpi.AllToAll(memory, At(0), At(1), Mpi.Byte, memory + send.Length, At(2), At(3), Mpi.Byte, _world, &request), what);
            Finish(&request, what);
            foreach (var pin in pins) pin.Free();
            new ReadOnlySpan<byte>(memory + send.Length, receive.Length).CopyTo(receive);
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, string what)
    {
        lock (_gate)
        {
            var memory = Memory(bytes.Length);
            if (Rank == 0) bytes.CopyTo(new Span<byte>(memory, bytes.Length));
            nint request;
            Begin(Mpi.Broadcast(memory, bytes.Length, Mpi.Byte, 0, _world, &request), what);
            Finish(&request, what);
            if (Rank != 0) new ReadOnlySpan<byte>(memory, bytes.Length).CopyTo(bytes);
        }
    }

    /// <inheritdoc/>
    public void Barrier(string what)
    {
        lock (_gate)
        {
            _ = Memory(0);
            nint request;
            Begin(Mpi.Barrier(_world, &request), what);
            Finish(&request, what);
        }
    }

    /// <inheritdoc/>
    public LostRankException? Gone()
    {
        int[] gone = [.. Enumerable.Range(0, _peers.Length).Where(rank => rank != Rank && _peers[rank].IsGone(_peers[Rank]))];
        return gone.Length == 0
            ? null
            : new LostRankException(string.Create(
                CultureInfo.InvariantCulture,
                $"Rank {gone[0]} of {Size} is gone: {_peers[gone[0]].Words} has ended."));
    }

    /// <inheritdoc/>
    public void GiveUp(LostRankException cause)
    {
        lock (_gate) _broken ??= cause;
    }

    /// <summary>
    /// Leaves MPI if all ranks are still there, which leave it together; otherwise the process just ends. Called again, it does nothing.
    /// <see cref="StaysBehind"/> says whether MPI let it go.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_broken is not null) return;
            _parts = true;
            try
            {
                Barrier("the end");
            }
            catch (LostRankException)
            {
                return;
            }

            _broken = new LostRankException("The ranks have parted.");
            // The launcher has a part in this, and a launcher that is ending itself may never do it.
            var leaving = new Thread(() => _ = Mpi.Leave()) { IsBackground = true, Name = "leaves MPI" };
            leaving.Start();
            if (leaving.Join(_deadline < Leaving ? _deadline : Leaving)) NativeMemory.Free(_memory);
            else StaysBehind = true;
        }
    }

    private static int[] Places(int[] counts, int length)
    {
        var places = new int[counts.Length];
        for (var rank = 1; rank < counts.Length; rank++) places[rank] = checked(places[rank - 1] + counts[rank - 1]);
        return places[^1] + counts[^1] == length
            ? places
            : throw new ArgumentException($"The counts {string.Join(", ", counts)} are not those of {length} bytes.");
    }

    private void AllReduce(Span<byte> bytes, int count, nint type, string what)
    {
        lock (_gate)
        {
            var memory = Memory(bytes.Length);
            bytes.CopyTo(new Span<byte>(memory, bytes.Length));
            nint request;
            Begin(Mpi.AllReduce(Mpi.InPlace, memory, count, type, Mpi.Sum, _world, &request), what);
            Finish(&request, what);
            new ReadOnlySpan<byte>(memory, bytes.Length).CopyTo(bytes);
        }
    }

    // Every rank's process, which the others then look after.
    private PeerProcess[] Introduce() =>
        [.. this.GatherEach(PeerProcess.Own().ToBytes(), "the first words").Select(bytes => PeerProcess.Of(bytes))];

    private byte* Memory(long bytes)
    {
        if (_broken is not null) throw new LostRankException(_broken.Message, _broken);
        if (bytes <= _size) return _memory;
        _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)bytes);
        _size = bytes;
        return _memory;
    }

    private void Begin(int result, string what)
    {
        try
        {
            Mpi.Check(result, what);
        }
        catch (LostRankException failed)
        {
            throw _broken = failed;
        }
    }

    private void Finish(nint* request, string what)
    {
        var began = Stopwatch.GetTimestamp();
        var looked = began;
        while (true)
        {
            Begin(Mpi.Test(request, out var done, 0), what);
            if (done != 0) break;
            var waited = Stopwatch.GetElapsedTime(began);
            if (waited < Spinning)
            {
                Thread.Yield();
                continue;
            }

            Thread.Sleep(Nap);
            if (Stopwatch.GetElapsedTime(looked) < BetweenLooks) continue;
            looked = Stopwatch.GetTimestamp();
            // A rank that is seen to be gone may have finished this exchange before: it is asked for once more.
            if (Gone() is { } gone)
            {
                Begin(Mpi.Test(request, out done, 0), what);
                if (done != 0) break;
                throw _broken = gone;
            }

            if (waited > _deadline) throw _broken = Late(what);
        }
    }

    private LostRankException Late(string what)
    {
        var others = string.Join(
            ", ", Enumerable.Range(0, _peers.Length).Where(rank => rank != Rank).Select(rank => $"rank {rank} ({_peers[rank].Words})"));
        return new LostRankException(string.Create(
            CultureInfo.InvariantCulture,
            $"Not every rank took part in {what} within {_deadline.TotalSeconds:0} s. Rank {Rank} waited for {others}: one of them hangs, "
            + $"is far behind, or is out of reach."));
    }
}
