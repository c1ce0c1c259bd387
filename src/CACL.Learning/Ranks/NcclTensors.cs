using System.Diagnostics;
using System.Globalization;
using System.Text;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>
/// Exchanges tensors between cards over NCCL, on the stream on which libtorch computes: an exchange is one more piece of the card's work,
/// and the host goes on. The ranks meet in the first exchange, through the host's collectives, over which all else goes on travelling. The
/// calls are made by a thread of its own, since NCCL waits for other ranks without a deadline; when the deadline has passed or a rank is
/// gone, the communicator is aborted, which ends what waits on the card and in NCCL.
/// </summary>
public sealed unsafe class NcclTensors : ITensorCollectives
{
    private const string Meeting = "meeting over NCCL";
    private const int IntroductionBytes = 128;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ICollectives _ranks;
    private readonly ICardWork _card;
    private readonly TimeSpan _deadline;
    private readonly NcclThread _thread = new();
    private readonly string _version;
    private nint _communicator;
    private bool _isPending;
    private LostRankException? _broken;

    /// <summary>Prepares to exchange; nobody else need be there yet.</summary>
    /// <param name="ranks">The ranks, which stay the caller's.</param>
    /// <param name="card">The work of this rank's card; owned.</param>
    /// <param name="deadline">How long other ranks may keep this one waiting.</param>
    /// <exception cref="NcclUnavailableException">NCCL is not there.</exception>
    internal NcclTensors(ICollectives ranks, ICardWork card, TimeSpan deadline)
    {
        (_ranks, _card, _deadline) = (ranks, card, deadline);
        _version = Nccl.Version();
    }

    /// <inheritdoc/>
    public int Rank => _ranks.Rank;

    /// <inheritdoc/>
    public int Size => _ranks.Size;

    /// <inheritdoc/>
    /// <remarks>Also one rank sends itself what several would send each other: that shows what the way costs.</remarks>
    public bool IsAlone => false;

    /// <inheritdoc/>
    public double? ExchangeSeconds => null;

    /// <summary>NCCL's version, such as 2.27.5.</summary>
    public string Version => _version;

    /// <summary>Prepares to exchange between cards.</summary>
    /// <param name="ranks">The ranks, which stay the caller's.</param>
    /// <param name="device">This rank's device: cuda:N.</param>
    /// <param name="deadline">How long other ranks may keep this one waiting.</param>
    /// <exception cref="NcclUnavailableException">NCCL is not there.</exception>
    public static NcclTensors On(ICollectives ranks, string device, TimeSpan deadline) =>
        new(ranks, new CudaWork(Math.Max(0, new Device(device).index)), deadline);

    /// <inheritdoc/>
    public void AllReduce(Tensor x, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        var type = x.dtype == float64 ? Nccl.Double : Nccl.Float;
        var (at, count) = (x.Address(), (nuint)x.numel());
        Hand(() => Nccl.AllReduce(at, at, count, type, Nccl.Sum, _communicator, _card.Stream), what);
    }

    /// <inheritdoc/>
    public void AllGather(Tensor own, Tensor all, string what)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(all);
        var (from, to, bytes) = (own.Address(), all.Address(), (nuint)(own.numel() * own.ElementSize));
        Hand(() => Nccl.AllGather(from, to, bytes, Nccl.Byte, _communicator, _card.Stream), what);
    }

    /// <inheritdoc/>
    public void AllToAll(Tensor send, IReadOnlyList<int> sendRows, Tensor receive, IReadOnlyList<int> receiveRows, string what)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(receive);
        var (from, to, row) = (send.Address(), receive.Address(), (nint)send.RowBytes());
        Hand(() => Exchange(from, sendRows, to, receiveRows, row), what);
    }

    /// <inheritdoc/>
    public void Finish(string what)
    {
        if (!_isPending) return;
        Do(_card.Wait, what);
        // What an error ends on the card looks done.
        if (ErrorIn(what) is { } failed) Fail(failed);
        _isPending = false;
    }

    /// <summary>Leaves the other ranks, who do the same.</summary>
    public void Dispose()
    {
        if (_broken is null && _communicator != 0)
        {
            _broken = new LostRankException("The ranks have parted.");
            // Destroying waits for the other ranks on this machine, which may be gone: whoever ends does not wait for ever.
            var began = Stopwatch.GetTimestamp();
            _ = _thread.Do(
                () => _ = Nccl.Destroy(_communicator), BetweenLooks, () => Stopwatch.GetElapsedTime(began) < Patience);
        }

        _thread.Dispose();
        _card.Dispose();
    }

    private void Hand(Func<int> call, string what)
    {
        if (_broken is not null) throw new LostRankException(_broken.Message, _broken);
        if (_communicator == 0) Meet();
        _isPending = true;
        Do(() => Nccl.Check(call(), what), what);
    }

    private int Exchange(nint from, IReadOnlyList<int> sendRows, nint to, IReadOnlyList<int> receiveRows, nint row)
    {
        var result = Nccl.GroupStart();
        for (var rank = 0; rank < Size && result == Nccl.Success; rank++)
        {
            var (sent, received) = (sendRows[rank] * row, receiveRows[rank] * row);
            // Nothing is sent where there is nothing to send: both sides know.
            if (sent > 0) result = Nccl.Send(from, (nuint)sent, Nccl.Byte, rank, _communicator, _card.Stream);
            if (received > 0 && result == Nccl.Success)
                result = Nccl.Receive(to, (nuint)received, Nccl.Byte, rank, _communicator, _card.Stream);
            (from, to) = (from + sent, to + received);
        }

        // A group that was started is ended whatever happened in it.
        var ended = Nccl.GroupEnd();
        return result == Nccl.Success ? ended : result;
    }

    // Every rank comes here in its first exchange.
    private void Meet()
    {
        CompareIntroductions();
        var id = default(Nccl.UniqueId);
        var given = Rank == 0 ? Nccl.GetUniqueId(out id) : Nccl.Success;
        // The others wait for the id, also for one that could not be made, which is all zeros.
        if (given != Nccl.Success) id = default;
        Span<byte> bytes = id;
        _ranks.Broadcast(bytes, Meeting);
        if (given != Nccl.Success) Fail(() => Nccl.Check(given, "the first words"));
        if (bytes.IndexOfAnyExcept((byte)0) < 0) Fail(new LostRankException("Rank 0 could not start NCCL; its own words say why."));
        Do(
            () =>
            {
                _card.Enter();
                Nccl.Check(Nccl.InitRank(out var communicator, Size, id, Rank), "the first words");
                Volatile.Write(ref _communicator, communicator);
            },
            Meeting);
    }

    private void CompareIntroductions()
    {
        var own = new byte[IntroductionBytes];
        Encoding.UTF8.GetEncoder().Convert($"{_card.Card}\n{_version}\n", own, flush: true, out _, out _, out _);
        string[][] all = [.. _ranks.GatherEach(own, Meeting).Select(bytes => Encoding.UTF8.GetString(bytes).Split('\n'))];
        for (var rank = 1; rank < Size; rank++)
        {
            if (all[rank][1] != all[0][1])
            {
                Fail(new LostRankException(
                    $"Rank 0 has NCCL {all[0][1]} and rank {rank} has {all[rank][1]}: give all ranks the same."));
            }

            if (Array.FindIndex(all, 0, rank, other => other[0] == all[rank][0]) is >= 0 and var first)
                Fail(new LostRankException(NcclRules.SharedCard(first, rank)));
        }
    }

    // Does something that may wait for other ranks, until the deadline.
    private void Do(Action work, string what)
    {
        if (_broken is not null) throw new LostRankException(_broken.Message, _broken);
        LostRankException? lost = null;
        var began = Stopwatch.GetTimestamp();
        try
        {
            if (_thread.Do(work, BetweenLooks, () => (lost = Lost(what, Stopwatch.GetElapsedTime(began))) is null)) return;
        }
        catch (LostRankException failed)
        {
            lost = failed;
        }

        Fail(lost!);
    }

    private LostRankException? Lost(string what, TimeSpan waited)
    {
        if ((_ranks.Gone() ?? ErrorIn(what)) is { } lost) return lost;
        if (waited <= _deadline) return null;
        return new LostRankException(string.Create(
            CultureInfo.InvariantCulture,
            $"Not every rank took part in {what} within {_deadline.TotalSeconds:0} s: one of them hangs, is far behind, or "
            + $"is out of reach."));
    }

    // A network that fails is told here; a rank that merely does not come is not.
    private LostRankException? ErrorIn(string what)
    {
        var communicator = Volatile.Read(ref _communicator);
        if (communicator == 0) return null;
        var asked = Nccl.GetAsyncError(communicator, out var error);
        if (asked == Nccl.Success && error is not (Nccl.Success or Nccl.InProgress)) asked = error;
        return asked == Nccl.Success ? null : new LostRankException($"NCCL lost another rank during {what}: {Nccl.ErrorWords(asked)}.");
    }

    private void Fail(Action check)
    {
        try
        {
            check();
        }
        catch (LostRankException failed)
        {
            Fail(failed);
        }
    }

    private void Fail(LostRankException lost)
    {
        _broken = lost;
        // The others notice it at their next exchange on the host.
        _ranks.GiveUp(lost);
        if (Volatile.Read(ref _communicator) is not 0 and var communicator)
        {
            // Aborting ends what waits on the card and in NCCL; a card that no longer answers may keep it waiting.
            var abort = new Thread(() => _ = Nccl.Abort(communicator)) { IsBackground = true, Name = "nccl abort" };
            abort.Start();
            if (abort.Join(Patience)) _ = _thread.IsDoneWithin(Patience);
        }

        throw lost;
    }
}
