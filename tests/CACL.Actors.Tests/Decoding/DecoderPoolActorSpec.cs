using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Serialization;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>The pool of decoders by itself: who decodes which plan, and what becomes of decoders that fail.</summary>
public sealed partial class DecoderPoolActorSpec : ActorSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly FakeVideos _videos = new();
    private readonly FramePairPool _memory = new(8);
    private readonly StandingClock _clock = new();
    private readonly Gate _gate = new();
    private readonly TestProbe _status;
    private readonly TestProbe _asker;
    private readonly SamplePlan[] _plans;

    public DecoderPoolActorSpec()
    {
        _status = CreateTestProbe("status");
        _asker = CreateTestProbe("asker");
        PairMemory.Of(Sys).Use(_memory);
        var planner = new SamplePlanner(new SamplingOptions { CropSize = 8, EnqueuePixels = 1 }, FakeVideos.Shapes(9));
        _plans = [.. Enumerable.Range(0, 9).Select(position => planner.Plan(0, position, 0))];
    }

    [Fact]
    public void Plans_are_decoded_in_the_order_in_which_they_came()
    {
        var pool = Start(decoders: 1);
        Ask(pool, 3, 0, 2, 1);
        int[] order = [DecodedPosition(), DecodedPosition(), DecodedPosition(), DecodedPosition()];
        Assert.Equal([3, 0, 2, 1], order);
        Assert.Equal(0, _memory.Rented);
    }

    [Fact]
    public void A_plan_waits_until_a_decoder_is_idle_and_no_longer()
    {
        using var second = new Gate();
        _videos.Before = id => (id == Video(1) ? second : _gate).Pass();
        var pool = Start(decoders: 2);
        Ask(pool, 0, 1, 2);
        _gate.AwaitArrival();
        second.AwaitArrival();
        AwaitTaken(pool);
        Assert.Equal(2, _videos.Calls.Count);
        second.Open();
        Assert.Equal(1, DecodedPosition());
        _gate.AwaitArrival(2); // the third is begun while the first is still being decoded
        _gate.Open();
        Assert.Equal([0, 2], new[] { DecodedPosition(), DecodedPosition() }.Order());
        Assert.Equal((0, 2), (_memory.Rented, _videos.Decoders.Begun));
    }

    [Fact]
    public void A_video_at_fault_is_an_answer_and_costs_no_decoder()
    {
        _videos.Broken.Add(Video(0));
        var pool = Start(decoders: 1);
        Ask(pool, 0, 1);
        var failed = _asker.Hears<PoolProtocol.Failed>();
        Assert.Equal((PathOf(0), UnusableReason.Corrupt, false), (failed.Fault.Path, failed.Fault.Reason, failed.Costly));
        Assert.Equal(1, DecodedPosition());
        Assert.Empty(Heard(pool, Parent));
        Assert.Equal((0, 1), (_memory.Rented, _videos.Decoders.Begun));
    }

    [Fact]
    public void More_decoders_are_there_at_once_where_more_are_wanted()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 1);
        Ask(pool, 0, 1, 2);
        _gate.AwaitArrival();
        pool.Tell(new PoolProtocol.Resize(3));
        _gate.AwaitArrival(3);
        Assert.Contains(new StatusProtocol.DecodersAre(3, 3), Heard(pool, _status));
    }

    [Fact]
    public void Where_fewer_are_wanted_idle_ones_go_at_once_and_busy_ones_when_their_pair_is_delivered()
    {
        using var second = new Gate();
        _videos.Before = id => (id == Video(1) ? second : _gate).Pass();
        var pool = Start(decoders: 3);
        Ask(pool, 0, 1);
        _gate.AwaitArrival();
        second.AwaitArrival();
        pool.Tell(new PoolProtocol.Resize(1));
        Eventually.Holds(() => _videos.Decoders.Alive == 2);
        Assert.Equal(new StatusProtocol.DecodersAre(2, 2), Heard(pool, _status).OfType<StatusProtocol.DecodersAre>().Last());
        second.Open();
        Assert.Equal(1, DecodedPosition());
        Eventually.Holds(() => _videos.Decoders.Alive == 1);
        _gate.Open();
        Assert.Equal(0, DecodedPosition());
        Ask(pool, 2);
        Assert.Equal(2, DecodedPosition());
        Assert.Equal(new StatusProtocol.DecodersAre(1, 0), Heard(pool, _status).OfType<StatusProtocol.DecodersAre>().Last());
        Assert.Empty(Heard(pool, Parent)); // that they went was no failure
        Assert.Equal((1, 3), (_videos.Decoders.Alive, _videos.Decoders.Begun));
    }

    [Fact]
    public void Where_the_number_is_the_pools_own_choice_it_follows_the_training_until_somebody_sets_it()
    {
        var pool = Start(decoders: 0);
        Ask(pool, 0);
        Assert.Equal(0, DecodedPosition());
        Assert.Equal([1], Wanted());
        Step(waits: 0.5); // what comes first is slow, and is not judged
        Step(waits: 0.5);
        Assert.Equal([2], Wanted());
        pool.Tell(new PoolProtocol.Resize(3));
        Step(waits: 0);
        Step(waits: 0);
        Assert.Equal([3], Wanted());
        pool.Tell(new PoolProtocol.Resize(0));
        Ask(pool, 1);
        Assert.Equal(1, DecodedPosition());
        Step(waits: 0);
        Step(waits: 0);
        Assert.Equal([2], Wanted());
        Assert.Contains("Decoders: 2 instead of 1: the training waits 50 % of its time for data", Said);
        Assert.Contains("Decoders: 3 instead of 2: as requested", Said);
        Eventually.Holds(() => _videos.Decoders.Alive == 2);

        void Step(double waits)
        {
            for (var i = 0; i < DecoderCount.WindowSteps; i++) pool.Tell(new PoolProtocol.Stepped(waits, 1 - waits, 16));
        }

        IEnumerable<int> Wanted() => Heard(pool, _status).OfType<StatusProtocol.DecodersWanted>().Select(message => message.Count);
    }

    [Fact]
    public void A_replacement_that_is_not_wanted_any_more_does_not_come()
    {
        _videos.Before = id => { if (id == Video(0)) throw new InvalidOperationException("bug"); };
        var pool = Start(decoders: 2);
        Ask(pool, 0);
        var paths = new[] { Parent.Hears<SupervisionDecision>().Actor, Parent.Hears<SupervisionDecision>().Actor };
        pool.Tell(new PoolProtocol.Resize(1));
        AwaitTaken(pool);
        Time.Advance(Patience);
        _asker.Hears<PoolProtocol.Failed>();
        Ask(pool, 1);
        Assert.Equal(1, DecodedPosition());
        var told = Heard(pool, _status);
        Assert.Single(told.OfType<StatusProtocol.ActorReplaced>());
        Assert.Contains(Assert.Single(told.OfType<StatusProtocol.ActorGone>()).Path, paths);
        Assert.Equal(3, _videos.Decoders.Begun);
    }

    [Fact]
    public void Whoever_is_told_hears_of_each_decoder_and_of_how_many_work()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 2);
        var (path, first, second) = (PathIn(pool), PathIn(pool, "decoder-1"), PathIn(pool, "decoder-2"));
        var told = Heard(pool, _status);
        Assert.Equal(
            [new StatusProtocol.ActorStarted(first, "decoder"), new StatusProtocol.ActorStarted(second, "decoder")],
            told.OfType<StatusProtocol.ActorStarted>());
        Assert.Equal([new StatusProtocol.DecodersAre(2, 0), new StatusProtocol.ActorIs(path, ActorState.Idle)], told.TakeLast(2));
        Ask(pool, 0);
        _gate.AwaitArrival();
        told = Heard(pool, _status);
        Assert.Equal(
            [
                new StatusProtocol.ActorIs(second, ActorState.Busy), new StatusProtocol.DecodersAre(2, 1),
                new StatusProtocol.ActorIs(path, ActorState.Busy),
            ],
            told);
        _gate.Open();
        DecodedPosition();
        told = Heard(pool, _status);
        Assert.Equal(
            [
                new StatusProtocol.ActorIs(second, ActorState.Idle), new StatusProtocol.DecodersAre(2, 0),
                new StatusProtocol.ActorIs(path, ActorState.Idle),
            ],
            told);
    }

    [Fact]
    public void Where_decoders_change_faster_than_anybody_reads_reports_are_few_and_end_with_what_is_so()
    {
        const int plans = 2000; // each makes a decoder busy and idle again, and tells of both and of the pool
        var pool = Start(decoders: 2);
        for (var asked = 0; asked < plans; asked++)
        {
            Ask(pool, asked % _plans.Length);
            DecodedPosition();
        }

        var told = Heard(pool, _status);
        Assert.InRange(told.Count, DecoderPoolActor.ReportsASecond, DecoderPoolActor.ReportsASecond + 100);
        Time.Advance(TimeSpan.FromSeconds(1));
        var path = PathIn(pool);
        var late = Heard(pool, _status);
        Assert.Equal([new StatusProtocol.DecodersAre(2, 0), new StatusProtocol.ActorIs(path, ActorState.Idle)], late.TakeLast(2));
        foreach (var decoder in new[] { PathIn(pool, "decoder-1"), PathIn(pool, "decoder-2") })
        {
            var states = told.Concat(late).OfType<StatusProtocol.ActorIs>().Where(state => state.Path == decoder).ToList();
            Assert.True(states.Count == 0 || states[^1].State == ActorState.Idle);
        }
    }

    [Fact]
    public void Told_to_end_it_answers_all_who_asked_at_once_and_goes_when_its_decoders_are_gone_with_nothing_rented()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 1);
        Ask(pool, 0, 1); // one is being decoded, one waits for a decoder
        _gate.AwaitArrival();
        pool.Tell(new PoolProtocol.End());
        _asker.Hears<PoolProtocol.Ended>();
        _asker.Hears<PoolProtocol.Ended>();
        // A pair that was under way to it, and one who asks late.
        pool.Tell(new DecoderProtocol.Decoded(1, _memory.Rent()));
        Ask(pool, 2);
        _asker.Hears<PoolProtocol.Ended>();
        Assert.Equal((1, 1), (_memory.Rented, _videos.Decoders.Alive)); // what is still written to
        AwaitGone(pool, _gate.Open);
        Assert.Equal((0, 0, 1), (_memory.Rented, _videos.Decoders.Alive, _videos.Calls.Count));
    }

    [Fact]
    public void Told_to_end_with_nothing_to_do_it_goes_at_once()
    {
        var pool = Start(decoders: 2);
        AwaitGone(pool, () => pool.Tell(new PoolProtocol.End()));
        Assert.Equal(0, _videos.Decoders.Alive);
    }

    [Fact]
    public void Told_to_end_while_a_decoder_is_to_be_replaced_it_starts_none_any_more()
    {
        _videos.Before = _ => throw new InvalidOperationException("bug");
        var pool = Start(decoders: 1);
        Ask(pool, 0);
        Parent.Hears<SupervisionDecision>();
        AwaitGone(pool, () => pool.Tell(new PoolProtocol.End()));
        Time.Advance(Patience);
        _asker.Hears<PoolProtocol.Ended>();
        Assert.Equal((1, 0), (_videos.Decoders.Begun, _memory.Rented));
    }

    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
        _memory.Dispose();
    }

    private IActorRef Start(int decoders, int maxRestarts = 2, Func<IPairDecoder>? decoder = null) => Start(
        DecoderPoolActor.Props(new DecoderPoolActor.Settings(
            decoders, decoder ?? (() => new FakeDecoder(_videos)), _videos, _memory, 8, Patience, maxRestarts, TimeSpan.FromMinutes(1),
            new BackOff(Wait, TimeSpan.FromSeconds(10)), _clock, _status.Ref)
        {
            Bounds = new DecoderBounds(First: 1, Most: 3, TrainingThreads: 0, Cores: 4),
        }),
        "decoders");

    private void Ask(IActorRef pool, params int[] positions)
    {
        foreach (var position in positions) pool.Tell(new PoolProtocol.Decode(_plans[position]), _asker.Ref);
    }

    /// <summary>The position of the next pair that the asker is answered; the pair is given back.</summary>
    private int DecodedPosition()
    {
        using var pair = _asker.Hears<PoolProtocol.Decoded>().Pair;
        return pair.Plan!.Position;
    }

    /// <summary>What is decided next; the back-off that follows from it is over then.</summary>
    private string NextDecision(IActorRef pool, TimeSpan backOff)
    {
        var decision = Parent.Hears<SupervisionDecision>();
        AwaitTaken(pool);
        Time.Advance(backOff);
        return decision.Decision;
    }

    private long Video(int position) => _plans[position].VideoId;

    private string PathOf(int position) => $"/{Video(position)}";

    private static string PathIn(IActorRef pool, params string[] child) =>
        string.Join('/', [.. pool.Path.Elements.Skip(1), .. child]);
}
