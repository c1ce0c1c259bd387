using System.Collections.Concurrent;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Data.Catalog;

namespace CACL.Actors.Links;

/// <summary>
/// The worker's end of a connection: takes requests, has them decoded by a pool of decoders, and writes the pairs, on two threads of its
/// own. It pulls one more with each answer, so that the training never has more than the agreed number here.
/// </summary>
internal sealed class WorkerTraffic : IWorkerTraffic
{
    private readonly LinkStream _stream;
    private readonly SharedFolders _folders;
    private readonly RequestedVideos _videos;
    private readonly IActorRef _decoders;
    private readonly Action<WorkerLinkEnd> _ended;
    private readonly BlockingCollection<Answer> _answers;
    private readonly CancellationTokenSource _over = new();
    private readonly int _plans;
    private volatile bool _leaving;
    private long _pairs;
    private int _told;

    /// <summary>Takes over a connection on which the ticket was shown.</summary>
    /// <param name="stream">The connection, this object's from now on.</param>
    /// <param name="folders">Where the files are.</param>
    /// <param name="videos">The library of the decoders.</param>
    /// <param name="decoders">The pool of decoders.</param>
    /// <param name="plans">How many requests to have at once.</param>
    /// <param name="ended">Told once, on any thread, that the connection is over.</param>
    public WorkerTraffic(
        LinkStream stream, SharedFolders folders, RequestedVideos videos, IActorRef decoders, int plans, Action<WorkerLinkEnd> ended)
    {
        (_stream, _folders, _videos, _decoders, _plans, _ended) = (stream, folders, videos, decoders, plans, ended);
        _answers = new BlockingCollection<Answer>(plans + 1);
    }

    /// <summary>Pairs that went to the trainer.</summary>
    public long Pairs => Volatile.Read(ref _pairs);

    /// <inheritdoc/>
    public void Start()
    {
        new Thread(Write) { IsBackground = true, Name = "to the trainer" }.Start();
        new Thread(Read) { IsBackground = true, Name = "from the trainer" }.Start();
    }

    /// <inheritdoc/>
    public void Leave()
    {
        _leaving = true;
        try
        {
            _stream.Write(LinkFrame.Leaving);
        }
        catch (LinkException broken)
        {
            End(new WorkerLinkEnd(broken.Message));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Cancel();
        _stream.Dispose();
        while (_answers.TryTake(out var left)) left.Pair?.Dispose();
    }

    private void Write()
    {
        try
        {
            _stream.Write(LinkFrame.Pull, LinkJson.Write(new LinkPull(_plans)));
            while (!_over.IsCancellationRequested)
            {
                if (!_answers.TryTake(out var answer, (int)LinkStream.BetweenSigns.TotalMilliseconds, _over.Token))
                {
                    _stream.Write(LinkFrame.Alive);
                    continue;
                }

                using (answer.Pair)
                {
                    if (answer.Pair is not { } pair)
                        _stream.Write(LinkFrame.HandedBack, LinkJson.Write(new LinkRefusal(answer.Request, answer.Why!)));
                    else
                        _stream.Write(LinkFrame.Pair, LinkJson.Write(new LinkAnswer(answer.Request, answer.Hash)), pair.First, pair.Second);
                    if (answer.Pair is not null) Interlocked.Increment(ref _pairs);
                }

                if (!_leaving) _stream.Write(LinkFrame.Pull, LinkJson.Write(new LinkPull(1)));
            }
        }
        catch (OperationCanceledException)
        {
            // The link is over.
        }
        catch (LinkException broken)
        {
            End(new WorkerLinkEnd(broken.Message));
        }
    }

    private void Read()
    {
        try
        {
            while (!_over.IsCancellationRequested)
            {
                var head = _stream.Read();
                switch (head.Frame)
                {
                    case LinkFrame.Request:
                        var request = LinkJson.Read<LinkRequest>(head);
                        _ = Task.Run(() => DecodeAsync(request));
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
        }
        catch (LinkException broken)
        {
            End(new WorkerLinkEnd(broken.Message));
        }
    }

    private async Task DecodeAsync(LinkRequest request)
    {
        var answer = await AnswerAsync(request).ConfigureAwait(false);
        try
        {
            _answers.Add(answer, _over.Token);
        }
        catch (OperationCanceledException)
        {
            answer.Pair?.Dispose();
        }
    }

    private async Task<Answer> AnswerAsync(LinkRequest request)
    {
        try
        {
            var found = _folders.Find(request.File);
            if (found is null) return new Answer(request.Request) { Why = $"it lacks {request.File.Path}, or has it with another size" };
            var plan = request.Plan;
            _videos.Hold(plan.VideoId, request.Video.Unpack(found.Path));
            try
            {
                var decoded = await _decoders.Ask(new PoolProtocol.Decode(plan), Timeout.InfiniteTimeSpan, CancellationToken.None)
                    .ConfigureAwait(false);
                return decoded switch
                {
                    PoolProtocol.Decoded done => new Answer(request.Request) { Pair = done.Pair, Hash = found.Hash },
                    PoolProtocol.Failed failed => new Answer(request.Request) { Why = failed.Fault.Message.TrimEnd('.') },
                    _ => new Answer(request.Request) { Why = "its decoders are ending" },
                };
            }
            finally
            {
                _videos.LetGo(plan.VideoId);
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Answer(request.Request) { Why = $"it cannot read {request.File.Path}: {cause.Message.TrimEnd('.')}" };
        }
    }

    private void End(WorkerLinkEnd end)
    {
        if (Interlocked.Exchange(ref _told, 1) == 0) _ended(end);
    }

    private sealed record Answer(long Request)
    {
        public FramePair? Pair { get; init; }

        public string? Hash { get; init; }

        public string? Why { get; init; }
    }
}

/// <summary>How a worker's link ended.</summary>
/// <param name="Why">Why it broke, as a clause; null: the training ended it.</param>
/// <param name="ForGood">Whether the worker is not to come back.</param>
internal sealed record WorkerLinkEnd(string? Why, bool ForGood = false) : INoSerializationVerificationNeeded
{
    /// <summary>Number of the link, by which its owner knows it.</summary>
    public int Session { get; init; }
}
