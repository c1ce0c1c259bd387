using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Runs.Steps;
using CACL.Runs.Videos;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>Where the stream's pairs come from, with a probe as the pool of decoders.</summary>
public sealed class PairSourceSpec : ActorSpec
{
    private const int Videos = 5;
    private readonly FramePairPool _memory = new(8);
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<QuarantinedVideo> _quarantined = [];
    private readonly TestProbe _pool;
    private readonly TestProbe _supervisor;

    public PairSourceSpec()
    {
        _pool = CreateTestProbe("decoders-1");
        _supervisor = CreateTestProbe("supervisor");
    }

    [Fact]
    public async Task A_decoded_pair_is_the_outcome_of_its_sample()
    {
        var outcome = Source().ProduceAsync(7, _cancel.Token);
        var asked = _pool.Hears<PoolProtocol.Decode>().Plan;
        Assert.Equal((1, 2, 0), (asked.Epoch, asked.Position, asked.Attempt));
        var pair = _memory.Rent();
        _pool.Reply(new PoolProtocol.Decoded(pair));
        Assert.Same(pair, (await outcome).Pair);
        Assert.Equal(1, _memory.Rented);
        pair.Dispose();
    }

    [Fact]
    public async Task A_pool_that_owes_an_answer_beyond_all_patience_ends_the_stream_and_its_late_pair_is_given_back()
    {
        var outcome = Source(patience: TimeSpan.FromMilliseconds(1)).ProduceAsync(0, _cancel.Token);
        _pool.Hears<PoolProtocol.Decode>();
        Assert.Null((await outcome).Pair);
        Assert.Equal(
            "The decoders' pool has owed an answer for 0 s, longer than decoding can take.",
            _supervisor.Hears<PoolProtocol.Silent>().Message);
        _pool.Reply(new PoolProtocol.Decoded(_memory.Rent()));
        Eventually.Holds(() => _memory.Rented == 0);
        Assert.Empty(_quarantined);
    }

    [Fact]
    public async Task Cancelled_while_it_waits_its_outcome_is_empty_and_the_late_pair_is_given_back()
    {
        var outcome = Source().ProduceAsync(0, _cancel.Token);
        _pool.Hears<PoolProtocol.Decode>();
        _cancel.Cancel();
        Assert.Null((await outcome).Pair);
        _pool.Reply(new PoolProtocol.Decoded(_memory.Rent()));
        Eventually.Holds(() => _memory.Rented == 0);
        // Once it is cancelled it asks for nothing more.
        Assert.Null((await Source().ProduceAsync(1, _cancel.Token)).Pair);
        Assert.False(_pool.HasMessages);
        Assert.False(_supervisor.HasMessages);
    }

    [Fact]
    public async Task A_pool_that_has_ended_ends_the_stream_and_that_is_nobodys_fault()
    {
        var outcome = Source().ProduceAsync(0, _cancel.Token);
        _pool.Hears<PoolProtocol.Decode>();
        _pool.Reply(new PoolProtocol.Ended());
        Assert.Null((await outcome).Pair);
        Assert.False(_supervisor.HasMessages);
    }

    [Theory]
    [InlineData(UnusableReason.Corrupt, false, false)]
    [InlineData(UnusableReason.Deadline, false, true)]
    [InlineData(UnusableReason.Decoder, true, true)]
    public async Task A_bad_video_is_quarantined_and_the_next_attempt_asked_for_and_left_out_only_where_it_costs_too_much(
        UnusableReason reason, bool costly, bool leftOut)
    {
        var quarantine = new Quarantine(Videos, unusable: 0, maxShare: 1);
        var outcome = Source(quarantine).ProduceAsync(0, _cancel.Token);
        var first = _pool.Hears<PoolProtocol.Decode>().Plan;
        _pool.Reply(new PoolProtocol.Failed(new VideoFault("/bad", reason, "It is bad."), costly));
        var second = _pool.Hears<PoolProtocol.Decode>().Plan;
        Assert.Equal((first.Position, 1), (second.Position, second.Attempt));
        Assert.NotEqual(first.VideoId, second.VideoId);
        _pool.Reply(new PoolProtocol.Decoded(_memory.Rent()));
        using var pair = (await outcome).Pair;
        var decision = _supervisor.Hears<SupervisionDecision>();
        Assert.Equal($"cannot use the video /bad ({reason}): It is bad.", decision.Cause);
        Assert.Equal(("decoders-1", "quarantined, its sample is replaced; 1 bad so far"), (decision.Name, decision.Decision));
        Assert.Equal([new QuarantinedVideo("/bad", reason, "It is bad.", "decode", 0, 0, leftOut)], _quarantined);
        Assert.Equal(leftOut, quarantine.LeavesOut(first.VideoId));
    }

    [Fact]
    public async Task One_bad_video_too_many_ends_the_stream_and_the_supervisor_hears_it()
    {
        var outcome = Source(new Quarantine(Videos, unusable: 0, maxShare: 0.1)).ProduceAsync(0, _cancel.Token);
        _pool.Hears<PoolProtocol.Decode>();
        _pool.Reply(new PoolProtocol.Failed(new VideoFault("/bad", UnusableReason.Corrupt, "It is bad.")));
        Assert.Null((await outcome).Pair);
        _supervisor.Hears<SupervisionDecision>();
        Assert.StartsWith(
            "1 of 5 videos are unusable", _supervisor.Hears<PoolProtocol.TooManyBad>().Message, StringComparison.Ordinal);
        Assert.False(_pool.HasMessages);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _cancel.Dispose();
        _memory.Dispose();
    }

    private PairSource Source(Quarantine? quarantine = null, TimeSpan? patience = null) => new(
        new SamplePlanner(new SamplingOptions { CropSize = 8, EnqueuePixels = 1 }, FakeVideos.Shapes(Videos)),
        new RunLength(Videos, BatchSize: 2, TotalSteps: 10), _pool.Ref, quarantine ?? new Quarantine(Videos, 0, maxShare: 1),
        _quarantined.Add, _supervisor.Ref, patience ?? Eventually.Patience);
}
