using System.Collections.Concurrent;
using CACL.Actors.Contracts;
using CACL.Actors.Links;
using CACL.Data.Files;

namespace CACL.Actors.Evaluators;

/// <summary>
/// Moves the frames of a training's link to a worker that evaluates, on two threads of its own: one writes orders, and pieces of
/// checkpoints as the worker asks for them, of which it holds one at a time; the other reads results.
/// </summary>
internal sealed class EvaluatorTraffic : IDisposable
{
    private readonly LinkStream _stream;
    private readonly string _worker;
    private readonly Action<object> _tell;
    private readonly BlockingCollection<Action> _out = [];
    private readonly ConcurrentDictionary<long, OrderUnderway> _open = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly byte[] _piece = new byte[EvaluatorLimits.Piece];
    private volatile string _why = "it was ended";
    private int _pieces;
    private long _numbers;

    /// <summary>Takes over a connection.</summary>
    /// <param name="stream">The connection, this object's from now on.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="tell">Told of <see cref="LinkActor.Broken"/>, <see cref="LinkActor.Drain"/> and <see cref="Settled"/>, on any
    /// thread.</param>
    public EvaluatorTraffic(LinkStream stream, string worker, Action<object> tell) => (_stream, _worker, _tell) = (stream, worker, tell);

    /// <summary>Number of orders that the worker has.</summary>
    public int Open => _open.Count;

    /// <summary>Begins to read and to write.</summary>
    public void Start()
    {
        new Thread(Write) { IsBackground = true, Name = $"to {_worker}" }.Start();
        new Thread(Read) { IsBackground = true, Name = $"from {_worker}" }.Start();
    }

    /// <summary>Has the worker evaluate.</summary>
    /// <param name="order">The order.</param>
    /// <param name="checkpoint">Folder of the checkpoint here.</param>
    /// <param name="cancel">Cancels at once; the worker is told.</param>
    /// <exception cref="DataSetElsewhereException">It cannot evaluate on that data set.</exception>
    /// <exception cref="LinkException">It is lost, or has failed.</exception>
    public async Task<MadeEvaluation> EvaluateAsync(EvaluationOrder order, string checkpoint, CancellationToken cancel)
    {
        var (number, underway) = (Interlocked.Increment(ref _numbers), new OrderUnderway(order, checkpoint));
        _open[number] = underway;
        using var cancelling = cancel.Register(() =>
        {
            if (Close(number) is not { } open) return;
            _out.Add(() => _stream.Write(LinkFrame.Cancel, LinkJson.Write(new OrderNumber(number))));
            open.End(cancel);
        });
        _out.Add(() => _stream.Write(LinkFrame.Order, LinkJson.Write(new OrderHeader(number, order))), CancellationToken.None);
        if (_ended.IsCancellationRequested) FailAll();
        return await underway.Made.ConfigureAwait(false);
    }

    /// <summary>Takes back what the worker has.</summary>
    /// <param name="why">A clause that says why.</param>
    public void TakeBack(string why)
    {
        foreach (var number in _open.Keys)
        {
            if (Close(number) is not { } open) continue;
            _out.Add(() => _stream.Write(LinkFrame.Cancel, LinkJson.Write(new OrderNumber(number))));
            open.Fail(new LinkException(why));
        }
    }

    /// <summary>Gives up what the worker has, which is lost.</summary>
    /// <param name="why">A clause that says why.</param>
    public void Lose(string why)
    {
        _why = why;
        _ended.Cancel();
        FailAll();
    }

    /// <summary>Tells the worker that there is nothing left for it, after all that was sent before.</summary>
    public void Over(bool forGood) => _out.Add(() => _stream.Write(LinkFrame.Over, LinkJson.Write(new LinkOver(forGood))));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _stream.Dispose();
        FailAll();
    }

    private void Write()
    {
        try
        {
            while (!_ended.IsCancellationRequested)
            {
                if (_out.TryTake(out var next, (int)LinkStream.BetweenSigns.TotalMilliseconds, _ended.Token)) next();
                else _stream.Write(LinkFrame.Alive);
            }
        }
        catch (OperationCanceledException)
        {
            // The link is over.
        }
        catch (LinkException broken)
        {
            Break(broken);
        }
    }

    private void Read()
    {
        try
        {
            while (!_ended.IsCancellationRequested) Take(_stream.Read());
        }
        catch (LinkException broken)
        {
            Break(broken);
        }
    }

    private void Take(LinkHead head)
    {
        switch (head.Frame)
        {
            case LinkFrame.Fetch:
                var wanted = LinkJson.Read<PieceHeader>(head);
                if (Interlocked.Increment(ref _pieces) > EvaluatorLimits.PiecesAtOnce)
                    throw new LinkException($"it asks for more than {EvaluatorLimits.PiecesAtOnce} pieces at once");
                _out.Add(() => Send(wanted));
                break;
            case LinkFrame.ResultFile:
                var file = LinkJson.Read<ResultFileHeader>(head);
                if (_open.TryGetValue(file.Number, out var leaving)) _stream.ReadPayload(head, leaving.Expect(file.Name, head.Payload), []);
                else if (head.Payload > 0) _stream.Skip(head);
                break;
            case LinkFrame.Result:
                var number = LinkJson.Read<OrderNumber>(head).Number;
                if (head.Payload is 0 or > EvaluatorLimits.Result) throw new LinkException($"a result of {head.Payload} bytes came");
                var result = new byte[head.Payload];
                _stream.ReadPayload(head, result, []);
                Close(number)?.Succeed(result);
                break;
            case LinkFrame.HandedBack:
                var refusal = LinkJson.Read<OrderRefusal>(head);
                Close(refusal.Number)?.Fail(
                    refusal.LacksData ? new DataSetElsewhereException(refusal.Why) : new LinkException(refusal.Why));
                break;
            case LinkFrame.Leaving:
                _tell(new LinkActor.Drain(ForGood: true));
                break;
            case LinkFrame.Alive:
                break;
            default:
                throw new LinkException($"a frame {head.Frame} came, which a worker that evaluates does not send");
        }
    }

    private void Send(PieceHeader wanted)
    {
        Interlocked.Decrement(ref _pieces);
        if (!_open.TryGetValue(wanted.Number, out var underway)) return;
        int count;
        try
        {
            count = underway.Read(wanted, _piece);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotARegularFileException)
        {
            Close(wanted.Number)?.Fail(new LinkException($"the checkpoint cannot be read here: {cause.Message.TrimEnd('.')}"));
            _stream.Write(LinkFrame.Cancel, LinkJson.Write(new OrderNumber(wanted.Number)));
            return;
        }

        _stream.Write(LinkFrame.Piece, LinkJson.Write(wanted), _piece.AsSpan(0, count));
    }

    private OrderUnderway? Close(long number)
    {
        if (!_open.TryRemove(number, out var underway)) return null;
        _tell(new Settled());
        return underway;
    }

    private void Break(LinkException broken) => _tell(new LinkActor.Broken(broken.Message));

    private void FailAll()
    {
        foreach (var number in _open.Keys)
        {
            if (_open.TryRemove(number, out var open)) open.Fail(new LinkException($"it is lost ({_why})"));
        }
    }

    /// <summary>An order has come to its end.</summary>
    internal sealed record Settled : Akka.Actor.INoSerializationVerificationNeeded;
}
