using System.Collections.Concurrent;
using System.Runtime.Serialization;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Actors.Links;

/// <summary>
/// Moves the frames of a training's link, on two threads of its own: one looks up videos and writes requests, the other reads answers. A
/// pair's bytes come from the socket into the memory that the training will read.
/// </summary>
internal sealed class LinkTraffic : IDisposable
{
    /// <summary>The most plans that a worker may have; a bound for one that pulls without end.</summary>
    public const int MostPlans = 8192;

    private readonly LinkActor.Settings _settings;
    private readonly Action<object> _tell;
    private readonly BlockingCollection<Outgoing> _out = new(MostPlans + 1);
    private readonly ConcurrentDictionary<long, Sent> _sent = new();
    private readonly CancellationTokenSource _ended = new();

    public LinkTraffic(LinkActor.Settings settings, Action<object> tell) => (_settings, _tell) = (settings, tell);

    /// <summary>Begins to read and to write.</summary>
    public void Start()
    {
        new Thread(Write) { IsBackground = true, Name = $"to {_settings.Worker}" }.Start();
        new Thread(Read) { IsBackground = true, Name = $"from {_settings.Worker}" }.Start();
    }

    /// <summary>Sends a plan, after those before it.</summary>
    public void Send(Outgoing plan) => _out.Add(plan);

    /// <summary>Tells the worker that there is nothing left for it, after all that was sent before.</summary>
    public void Over(bool forGood) => _out.Add(new Outgoing(0, null) { ForGood = forGood });

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _settings.Stream.Dispose();
    }

    private void Write()
    {
        try
        {
            while (!_ended.IsCancellationRequested)
            {
                if (!_out.TryTake(out var next, (int)LinkStream.BetweenSigns.TotalMilliseconds, _ended.Token))
                    _settings.Stream.Write(LinkFrame.Alive);
                else if (next.Plan is { } plan) Request(next.Number, plan);
                else _settings.Stream.Write(LinkFrame.Over, LinkJson.Write(new LinkOver(next.ForGood)));
            }
        }
        catch (OperationCanceledException)
        {
            // The link is over.
        }
        catch (LinkException broken)
        {
            _tell(new LinkActor.Broken(broken.Message));
        }
    }

    private void Request(long number, SamplePlan plan)
    {
        byte[] header;
        try
        {
            var (path, readFrom, file, video) = _settings.Videos.Load(plan.VideoId);
            header = LinkJson.Write(new LinkRequest(number, plan, file, video));
            _sent[number] = new Sent(plan, path, readFrom);
        }
        catch (Exception cause) when (cause is VideoUnusableException or LinkException or CatalogException)
        {
            _tell(new LinkActor.GaveBack(number, cause.Message.TrimEnd('.'), WasSent: false));
            return;
        }

        _settings.Stream.Write(LinkFrame.Request, header);
    }

    private void Read()
    {
        try
        {
            while (!_ended.IsCancellationRequested) Take(_settings.Stream.Read());
        }
        catch (LinkException broken)
        {
            _tell(new LinkActor.Broken(broken.Message));
        }
    }

    private void Take(LinkHead head)
    {
        switch (head.Frame)
        {
            case LinkFrame.Pair:
                Pair(head, LinkJson.Read<LinkAnswer>(head));
                break;
            case LinkFrame.HandedBack:
                var refusal = LinkJson.Read<LinkRefusal>(head);
                if (_sent.TryRemove(refusal.Request, out _))
                    _tell(new LinkActor.GaveBack(refusal.Request, refusal.Why, WasSent: true));
                break;
            case LinkFrame.Pull:
                var pull = LinkJson.Read<LinkPull>(head);
                if (pull.Pairs is < 1 or > MostPlans) throw new LinkException($"it wants {pull.Pairs} plans");
                _tell(new LinkActor.Pulled(pull.Pairs));
                break;
            case LinkFrame.Leaving:
                _tell(new LinkActor.Drain(ForGood: true));
                break;
            case LinkFrame.Alive:
                break;
            default:
                throw new LinkException($"a frame {head.Frame} came, which a worker does not send");
        }
    }

    private void Pair(LinkHead head, LinkAnswer answer)
    {
        if (!_sent.TryRemove(answer.Request, out var sent))
            throw new LinkException($"a pair came that nobody had asked for ({answer.Request})");
        FramePair pair;
        try
        {
            pair = _settings.Rent();
        }
        catch (SerializationException)
        {
            _settings.Stream.Skip(head); // the run is over
            return;
        }

        try
        {
            (pair.Plan, pair.Path) = (sent.Plan, sent.Path);
            _settings.Stream.ReadPayload(head, pair.First, pair.Second);
            if (answer.Hash is { } hash && _settings.Videos.WhyOther(sent.ReadFrom, hash) is { } why)
            {
                pair.Dispose();
                _tell(new LinkActor.GaveBack(answer.Request, why, WasSent: true));
                return;
            }
        }
        catch
        {
            pair.Dispose();
            throw;
        }

        _tell(new LinkActor.Came(answer.Request, pair));
    }

    /// <summary>What is to be sent: a plan, or that there is nothing left.</summary>
    internal sealed record Outgoing(long Number, SamplePlan? Plan)
    {
        /// <summary>Whether the worker was asked to go.</summary>
        public bool ForGood { get; init; }
    }

    private sealed record Sent(SamplePlan Plan, string Path, string ReadFrom);
}
