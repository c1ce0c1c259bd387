using System.Collections.Concurrent;
using System.Text;
using CACL.Actors.Contracts;
using CACL.Actors.Links;

namespace CACL.Actors.Evaluators;

/// <summary>
/// The worker's end of a connection over which it evaluates: takes orders, fetches their checkpoints, and sends the results back. Whatever
/// it cannot bring to an end it hands back with a reason. When the connection is over, nobody waits for what it has, and it ends that.
/// </summary>
internal sealed class EvaluatorWork : IWorkerTraffic
{
    private readonly LinkStream _stream;
    private readonly EvaluatorOffer _offer;
    private readonly Action<string> _say;
    private readonly Action<WorkerLinkEnd> _ended;
    private readonly SemaphoreSlim _places;
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _orders = new();
    private readonly ConcurrentDictionary<PieceHeader, TaskCompletionSource<byte[]>> _coming = new();
    private readonly CancellationTokenSource _over = new();
    private int _told;

    /// <summary>Takes over a connection on which the ticket was shown.</summary>
    /// <param name="stream">The connection, this object's from now on.</param>
    /// <param name="offer">What this worker evaluates with.</param>
    /// <param name="say">Receives sentences for the log, on any thread.</param>
    /// <param name="ended">Told once, on any thread, that the connection is over.</param>
    public EvaluatorWork(LinkStream stream, EvaluatorOffer offer, Action<string> say, Action<WorkerLinkEnd> ended)
    {
        (_stream, _offer, _say, _ended) = (stream, offer, say, ended);
        _places = new SemaphoreSlim(offer.AtOnce, offer.AtOnce);
    }

    /// <inheritdoc/>
    public void Start()
    {
        new Thread(Sign) { IsBackground = true, Name = "to the trainer" }.Start();
        new Thread(Read) { IsBackground = true, Name = "from the trainer" }.Start();
    }

    /// <inheritdoc/>
    public void Leave() => Guarded(() => _stream.Write(LinkFrame.Leaving));

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Cancel();
        _stream.Dispose();
    }

    private void Sign() => Guarded(() =>
    {
        while (!_over.Token.WaitHandle.WaitOne(LinkStream.BetweenSigns)) _stream.Write(LinkFrame.Alive);
    });

    private void Read() => Guarded(() =>
    {
        while (!_over.IsCancellationRequested)
        {
            var head = _stream.Read();
            switch (head.Frame)
            {
                case LinkFrame.Order:
                    Begin(LinkJson.Read<OrderHeader>(head));
                    break;
                case LinkFrame.Piece:
                    Take(head, LinkJson.Read<PieceHeader>(head));
                    break;
                case LinkFrame.Cancel:
                    if (_orders.TryGetValue(LinkJson.Read<OrderNumber>(head).Number, out var order)) _ = order.CancelAsync();
                    break;
                case LinkFrame.Over:
                    End(new WorkerLinkEnd(null, LinkJson.Read<LinkOver>(head).ForGood));
                    return;
                case LinkFrame.Alive:
                    break;
                default:
                    throw new LinkException($"a frame {head.Frame} came, which a trainer does not send");
            }
        }
    });

    private void Take(LinkHead head, PieceHeader header)
    {
        if (head.Payload is 0 or > EvaluatorLimits.Piece) throw new LinkException($"a piece of {head.Payload} bytes came");
        var piece = new byte[head.Payload];
        _stream.ReadPayload(head, piece, []);
        if (_coming.TryRemove(header, out var coming)) coming.TrySetResult(piece);
    }

    private void Begin(OrderHeader header)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        _orders[header.Number] = cancel;
        _ = Task.Run(() => AnswerAsync(header.Number, header.Order, cancel.Token));
    }

    private async Task AnswerAsync(long number, EvaluationOrder order, CancellationToken cancel)
    {
        try
        {
            await _places.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await EvaluateAsync(number, order, cancel).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            _say($"The evaluation of {order} is not waited for any more.");
        }
        catch (LinkException broken)
        {
            End(new WorkerLinkEnd(broken.Message));
        }
        catch (Exception cause)
        {
            _say($"The evaluation of {order} failed: {cause.Message}");
            Refuse(number, cause.Message.TrimEnd('.', ' ', '\n'), lacksData: false);
        }
        finally
        {
            _orders.TryRemove(number, out _);
        }
    }

    private async Task EvaluateAsync(long number, EvaluationOrder order, CancellationToken cancel)
    {
        if (await Task.Run(() => _offer.Bench.WhyNot(order.Data), cancel).ConfigureAwait(false) is { } why)
        {
            _say($"No evaluation of {order} here: {why}.");
            Refuse(number, why, lacksData: true);
            return;
        }

        using var checkpoint = await _offer.Cache.GetAsync(
            order.Checkpoint, (part, offset, token) => FetchAsync(new PieceHeader(number, part, offset), token), cancel)
            .ConfigureAwait(false);
        _say($"Evaluating {order}; its checkpoint {(checkpoint.Fetched == 0 ? "was here" : $"took {checkpoint.Fetched / 1e6:0.#} MB")}.");
        var made = await _offer.Bench.EvaluateAsync(order, checkpoint.Folder, cancel).ConfigureAwait(false);
        if (made.Files.Values.Sum(bytes => (long)bytes.Length) > EvaluatorLimits.Files)
            throw new InvalidDataException($"its files take more than the {EvaluatorLimits.Files >> 20} MiB that may be sent");
        foreach (var (name, bytes) in made.Files)
            _stream.Write(LinkFrame.ResultFile, LinkJson.Write(new ResultFileHeader(number, name)), bytes);
        _stream.Write(
            LinkFrame.Result, LinkJson.Write(new OrderNumber(number)), Encoding.UTF8.GetBytes(made.Result.ToJsonString()));
        _say($"Evaluated {order}.");
    }

    private async Task<byte[]> FetchAsync(PieceHeader wanted, CancellationToken cancel)
    {
        var coming = _coming.GetOrAdd(
            wanted, _ => new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            _stream.Write(LinkFrame.Fetch, LinkJson.Write(wanted));
            return await coming.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _coming.TryRemove(wanted, out _);
        }
    }

    private void Refuse(long number, string why, bool lacksData) => Guarded(
        () => _stream.Write(LinkFrame.HandedBack, LinkJson.Write(new OrderRefusal(number, why, lacksData))));

    private void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (LinkException broken)
        {
            End(new WorkerLinkEnd(broken.Message));
        }
    }

    private void End(WorkerLinkEnd end)
    {
        _over.Cancel();
        if (Interlocked.Exchange(ref _told, 1) == 0) _ended(end);
    }
}
