using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>What becomes of decoders that crash or hang, and of the plans they had.</summary>
public sealed partial class DecoderPoolActorSpec
{
    [Fact]
    public void A_decoder_that_crashes_is_replaced_after_the_back_off_and_its_plan_is_decoded_by_another()
    {
        var crashes = 1;
        _videos.Before = _ => { if (crashes-- > 0) throw new InvalidOperationException("bug."); };
        var pool = Start(decoders: 1);
        Ask(pool, 0);
        var decision = Parent.Hears<SupervisionDecision>();
        Assert.Equal((PathIn(pool, "decoder-1"), "failed: bug."), (decision.Actor, decision.Cause));
        Assert.Equal(
            "its plan is tried once more on another decoder; a new decoder starts in 100 ms (replacement 1 of at most 2)",
            decision.Decision);
        Assert.Equal(
            (SupervisionVerdict.Replaced, false, 1, nameof(InvalidOperationException)),
            (decision.Verdict, decision.IsGrave, decision.Count, decision.Fault?.Kind));
        AwaitTaken(pool);
        Time.Advance(Wait - TimeSpan.FromTicks(1));
        Assert.DoesNotContain(Heard(pool, _status), told => told is StatusProtocol.ActorReplaced);
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, DecodedPosition());
        Assert.Equal(
            new StatusProtocol.ActorReplaced(
                PathIn(pool, "decoder-1"), PathIn(pool, "decoder-2"), "replaced: bug", ActorState.Idle),
            Assert.Single(Heard(pool, _status).OfType<StatusProtocol.ActorReplaced>()));
        Assert.Equal((0, 1, 2), (_memory.Rented, _videos.Decoders.Alive, _videos.Calls.Count));
    }

    [Fact]
    public void The_back_off_doubles_with_each_crash_in_a_row_and_begins_anew_once_a_pair_is_decoded()
    {
        var pool = Start(decoders: 1, maxRestarts: 9);
        var crashes = 0;
        _videos.Before = _ => { if (crashes-- > 0) throw new InvalidOperationException("bug"); };
        crashes = 2;
        Ask(pool, 0);
        Assert.Contains("starts in 100 ms", NextDecision(pool, Wait), StringComparison.Ordinal);
        Assert.Contains("starts in 200 ms", NextDecision(pool, 2 * Wait), StringComparison.Ordinal);
        _asker.Hears<PoolProtocol.Failed>();
        Ask(pool, 1);
        Assert.Equal(1, DecodedPosition());
        crashes = 1;
        Ask(pool, 2);
        Assert.Contains("starts in 100 ms", NextDecision(pool, Wait), StringComparison.Ordinal);
        Assert.Equal(2, DecodedPosition());
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 5)]
    public void A_plan_that_fails_decoders_again_and_again_is_given_up_which_is_no_word_on_its_video(bool decodersFault, int tries)
    {
        _videos.Before = _ => throw (decodersFault
            ? DecoderFaultException.Of(PathOf(0), "ffmpeg was killed by signal 9 (SIGKILL)")
            : new InvalidOperationException("bug"));
        var pool = Start(decoders: 1, maxRestarts: 9);
        Ask(pool, 0);
        var decisions = Enumerable.Range(0, tries).Select(_ => NextDecision(pool, 16 * Wait)).ToList();
        Assert.Equal(tries - 1, decisions.Count(d => d.StartsWith("its plan is tried once more", StringComparison.Ordinal)));
        Assert.StartsWith("its video is left out of this run", decisions[^1], StringComparison.Ordinal);
        var failed = _asker.Hears<PoolProtocol.Failed>();
        Assert.Equal((PathOf(0), UnusableReason.Decoder, true), (failed.Fault.Path, failed.Fault.Reason, failed.Costly));
        Assert.Equal((tries, 0), (_videos.Calls.Count, _memory.Rented));
    }

    [Fact]
    public void One_replacement_too_many_within_the_window_is_told_to_the_parent_with_its_cause()
    {
        _videos.Before = _ => throw new InvalidOperationException("no such library.");
        var pool = Start(decoders: 1, maxRestarts: 2);
        Ask(pool, 0, 1);
        NextDecision(pool, Wait);
        NextDecision(pool, 2 * Wait);
        var decision = Parent.Hears<SupervisionDecision>();
        Assert.Equal((SupervisionVerdict.RunEnds, true, 3), (decision.Verdict, decision.IsGrave, decision.Count));
        Assert.Equal("end the run, decoders were replaced 2 times within 60 s", decision.Decision);
        var end = Parent.Hears<PoolProtocol.TooManyRestarts>();
        const string Why = "Decoders failed 3 times within 60 s, the last time because: no such library. Run `cacl doctor`";
        Assert.StartsWith(Why, end.Message, StringComparison.Ordinal);
        Assert.Equal((nameof(InvalidOperationException), "no such library."), (end.Cause?.Kind, end.Cause?.Message));
        _asker.Hears<PoolProtocol.Ended>(); // no decoder will have the plan over which the last one failed
        AwaitGone(pool, () => pool.Tell(new PoolProtocol.End()));
        _asker.Hears<PoolProtocol.Ended>();
        Assert.Equal(0, _memory.Rented);
    }

    [Fact]
    public void Replacements_that_lie_further_apart_than_the_window_never_end_the_run()
    {
        _videos.Before = _ => throw new InvalidOperationException("bug");
        var pool = Start(decoders: 1, maxRestarts: 1);
        for (var i = 0; i < 4; i++)
        {
            Ask(pool, i);
            NextDecision(pool, Patience);
            _clock.Jump(TimeSpan.FromSeconds(61));
            NextDecision(pool, Patience);
            _clock.Jump(TimeSpan.FromSeconds(61));
            _asker.Hears<PoolProtocol.Failed>();
        }

        Assert.Empty(Heard(pool, Parent));
    }

    [Fact]
    public void A_decoder_that_hangs_beyond_its_time_is_replaced_its_video_fails_and_its_late_pair_is_given_back()
    {
        _videos.Before = id => { if (id == Video(0)) _gate.Pass(); };
        var pool = Start(decoders: 1);
        Ask(pool, 0, 1);
        _gate.AwaitArrival();
        Time.Advance(Patience + TimeSpan.FromSeconds(4.9));
        Assert.Empty(Heard(pool, Parent));
        Time.Advance(TimeSpan.FromSeconds(0.1));
        var failed = _asker.Hears<PoolProtocol.Failed>();
        Assert.Equal((PathOf(0), UnusableReason.Deadline, true), (failed.Fault.Path, failed.Fault.Reason, failed.Costly));
        var decision = Parent.Hears<SupervisionDecision>();
        Assert.Equal("failed: no answer within 35 s.", decision.Cause);
        Assert.StartsWith("its video is left out of this run; a new decoder starts in 100 ms", decision.Decision, StringComparison.Ordinal);
        AwaitTaken(pool);
        Time.Advance(Wait);
        Assert.Equal(1, DecodedPosition());
        Assert.Equal(1, _memory.Rented); // the one that is still written to
        _gate.Open();
        Eventually.Holds(() => _videos.Decoders.Alive == 1);
        AwaitTaken(pool);
        Assert.Equal(0, _memory.Rented);
        Assert.Empty(Heard(pool, _asker));
        Assert.Empty(Heard(pool, Parent));
    }

    [Fact]
    public void A_decoder_that_cannot_be_made_is_tried_again_and_its_own_fault_is_named()
    {
        var failures = 1;
        var pool = Start(decoders: 1, decoder: () =>
            failures-- > 0 ? throw new InvalidOperationException("no such library") : new FakeDecoder(_videos));
        Assert.Equal("failed: no such library.", Parent.Hears<SupervisionDecision>().Cause);
        AwaitTaken(pool);
        Time.Advance(Wait);
        Ask(pool, 0);
        Assert.Equal(0, DecodedPosition());
    }

    [Fact]
    public void Two_decoders_that_crash_at_once_are_each_judged_by_their_own_fault()
    {
        using var look = new Gate();
        var third = Video(2);
        _videos.Before = id =>
        {
            if (id != third) _gate.Pass();
            throw id == Video(0) ? DecoderFaultException.Of(PathOf(0), "killed") : new InvalidOperationException("bug");
        };
        // The pool is kept busy by what it asks of the library while it judges a third one, so that it meets both at once.
        var loads = 0;
        _videos.BeforeLoad = id => { if (id == third && Interlocked.Increment(ref loads) == 3) look.Pass(); };
        var pool = Start(decoders: 3, maxRestarts: 9);
        Ask(pool, 0, 1);
        _gate.AwaitArrival(2);
        Ask(pool, 2);
        NextDecision(pool, Wait);
        look.AwaitArrival();
        _gate.Open();
        Eventually.Holds(() => _memory.Rented == 0);
        look.Open();
        Parent.Hears<SupervisionDecision>();
        var causes = new[] { Parent.Hears<SupervisionDecision>(), Parent.Hears<SupervisionDecision>() };
        Assert.Equal(
            [("decoder-2", nameof(InvalidOperationException)), ("decoder-3", nameof(DecoderFaultException))],
            causes.Select(d => (d.Name, d.Fault?.Kind ?? "none")).Order());
    }
}
