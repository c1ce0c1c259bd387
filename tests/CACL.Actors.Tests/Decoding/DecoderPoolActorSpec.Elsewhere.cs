using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;

namespace CACL.Actors.Tests.Decoding;

/// <summary>The pool and the links to workers on other machines, for which probes stand.</summary>
public sealed partial class DecoderPoolActorSpec
{
    [Fact]
    public void A_worker_gets_as_many_plans_as_it_pulls_before_a_decoder_here_gets_one()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 1);
        var worker = Pulls(pool, 2);
        Ask(pool, 0, 1, 2, 3);
        var (first, second) = (worker.Hears<DecoderProtocol.Decode>(), worker.Hears<DecoderProtocol.Decode>());
        Assert.Equal([0, 1], new[] { first.Plan.Position, second.Plan.Position });
        _gate.AwaitArrival();
        Assert.Equal([Video(2)], _videos.Calls);
        Assert.Empty(Heard(pool, worker)); // and no more, though one waits
        Deliver(pool, worker, second);
        Assert.Equal(1, DecodedPosition());
        pool.Tell(new LinkProtocol.Pull(1), worker);
        Assert.Equal(3, worker.Hears<DecoderProtocol.Decode>().Plan.Position);
        Deliver(pool, worker, first);
        Assert.Equal(0, DecodedPosition());
        _gate.Open();
        Assert.Equal(2, DecodedPosition());
    }

    [Fact]
    public void What_a_worker_gives_back_is_decoded_and_judged_here()
    {
        _videos.Broken.Add(Video(1));
        var pool = Start(decoders: 1);
        var worker = Pulls(pool, 9);
        Ask(pool, 0, 1);
        var (first, second) = (worker.Hears<DecoderProtocol.Decode>(), worker.Hears<DecoderProtocol.Decode>());
        pool.Tell(new LinkProtocol.HandedBack(first.Request, "it lacks it"), worker);
        Assert.Equal(0, DecodedPosition());
        // Even a verdict on the video is not taken from elsewhere.
        pool.Tell(new DecoderProtocol.Unusable(second.Request, new VideoFault("/there", UnusableReason.Corrupt, "It is broken there.")), worker);
        Assert.Equal(PathOf(1), _asker.Hears<PoolProtocol.Failed>().Fault.Path);
        Assert.Empty(Heard(pool, worker));
        Assert.Equal(2, _videos.Calls.Count);
    }

    [Fact]
    public void What_a_lost_worker_had_goes_to_whoever_is_free_before_what_came_later()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 1);
        var (lost, other) = (Pulls(pool, 2), CreateTestProbe());
        Ask(pool, 0, 1, 2, 3);
        lost.Hears<DecoderProtocol.Decode>();
        lost.Hears<DecoderProtocol.Decode>();
        _gate.AwaitArrival(); // the third is decoded here, the fourth waits
        AwaitGone(lost.Ref, () => Sys.Stop(lost.Ref));
        AwaitTaken(pool);
        pool.Tell(new LinkProtocol.Pull(3), other);
        int[] again = [.. Enumerable.Range(0, 3).Select(_ => other.Hears<DecoderProtocol.Decode>().Plan.Position)];
        Assert.Equal([0, 1, 3], again);
        Assert.Empty(Heard(pool, Parent)); // nothing was restarted, and nothing is at fault
        _gate.Open();
    }

    [Fact]
    public void A_plan_with_which_three_workers_were_lost_stays_here()
    {
        _videos.Before = _ => _gate.Pass();
        var pool = Start(decoders: 1);
        Ask(pool, 8); // keeps the only decoder busy
        _gate.AwaitArrival();
        Ask(pool, 0);
        for (var loss = 0; loss < 3; loss++)
        {
            var worker = Pulls(pool, 1);
            Assert.Equal(0, worker.Hears<DecoderProtocol.Decode>().Plan.Position);
            AwaitGone(worker.Ref, () => Sys.Stop(worker.Ref));
            AwaitTaken(pool);
        }

        var last = Pulls(pool, 1);
        Assert.Empty(Heard(pool, last));
        _gate.Open();
        Assert.Equal([8, 0], new[] { DecodedPosition(), DecodedPosition() });
    }

    [Fact]
    public void A_worker_that_takes_too_long_loses_the_plan_and_its_late_pair_is_given_back()
    {
        var pool = Start(decoders: 1);
        var worker = Pulls(pool, 1);
        Ask(pool, 0);
        var slow = worker.Hears<DecoderProtocol.Decode>();
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, DecodedPosition());
        Deliver(pool, worker, slow);
        AwaitTaken(pool);
        Assert.Equal((0, 1), (_memory.Rented, _videos.Calls.Count));
    }

    [Fact]
    public void A_worker_that_withdraws_gets_no_more_and_is_told_when_it_has_nothing_left()
    {
        var pool = Start(decoders: 1);
        var worker = Pulls(pool, 2);
        Ask(pool, 0);
        var last = worker.Hears<DecoderProtocol.Decode>();
        pool.Tell(new LinkProtocol.Withdraw(), worker);
        Ask(pool, 1);
        Assert.Equal(1, DecodedPosition());
        Assert.Empty(Heard(pool, worker));
        pool.Tell(new LinkProtocol.Pull(5), worker); // it was under way
        Deliver(pool, worker, last);
        Assert.Equal(0, DecodedPosition());
        worker.Hears<LinkProtocol.Idle>();
        Ask(pool, 2);
        Assert.Equal(2, DecodedPosition());
        Assert.Empty(Heard(pool, worker));
    }

    [Fact]
    public void Told_to_end_it_waits_for_the_last_word_of_each_link_so_that_no_pair_is_lost_on_its_way()
    {
        var pool = Start(decoders: 1);
        var worker = Pulls(pool, 1);
        Ask(pool, 0);
        var sent = worker.Hears<DecoderProtocol.Decode>();
        AwaitGone(pool, () =>
        {
            pool.Tell(new PoolProtocol.End());
            _asker.Hears<PoolProtocol.Ended>();
            worker.Hears<LinkProtocol.Release>();
            Deliver(pool, worker, sent);
            AwaitTaken(pool);
            pool.Tell(new LinkProtocol.Released(), worker);
        });
        Assert.Equal(0, _memory.Rented);
    }

    /// <summary>A worker that pulls so many plans.</summary>
    private TestProbe Pulls(IActorRef pool, int pairs)
    {
        var worker = CreateTestProbe();
        pool.Tell(new LinkProtocol.Pull(pairs), worker);
        AwaitTaken(pool);
        return worker;
    }

    private void Deliver(IActorRef pool, TestProbe worker, DecoderProtocol.Decode asked)
    {
        var pair = _memory.Rent();
        (pair.Plan, pair.Path) = (asked.Plan, "/elsewhere");
        pool.Tell(new DecoderProtocol.Decoded(asked.Request, pair), worker);
    }
}
