using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Serialization;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>One decoder by itself: what is an answer, what is a crash, and whose the pair is afterwards.</summary>
public sealed class DecoderActorSpec : ActorSpec
{
    private readonly FakeVideos _videos = new();
    private readonly FramePairPool _memory = new(8);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Exception> _crashes = [];
    private readonly SamplePlan _plan =
        new SamplePlanner(new SamplingOptions { CropSize = 8, EnqueuePixels = 1 }, FakeVideos.Shapes(5)).Plan(1, 2, 0);

    private readonly TestProbe _asker;

    public DecoderActorSpec()
    {
        _asker = CreateTestProbe("asker");
        PairMemory.Of(Sys).Use(_memory);
    }

    [Fact]
    public void It_answers_with_the_pair_its_plan_and_its_path_and_the_pair_is_the_askers()
    {
        var decoder = Start();
        Ask(decoder, 7);
        var answer = _asker.Hears<DecoderProtocol.Decoded>();
        using (var pair = answer.Pair)
        {
            Assert.Equal((7, _plan.VideoId, _plan.Position, $"/{_plan.VideoId}"),
                (answer.Request, pair.Plan!.VideoId, pair.Plan.Position, pair.Path));
            byte first = pair.First[0], second = pair.Second[0];
            Assert.NotEqual(first, second);
            Assert.True(pair.First.IndexOfAnyExcept(first) < 0 && pair.Second.IndexOfAnyExcept(second) < 0);
            Assert.Equal(1, _memory.Rented);
        }

        Assert.Equal(0, _memory.Rented);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_video_at_fault_is_an_answer_and_no_crash(bool found)
    {
        if (found) _videos.Broken.Add(_plan.VideoId);
        else _videos.BeforeLoad = id => throw new VideoUnusableException($"/{id}", UnusableReason.Corrupt, $"/{id} is broken.");
        var decoder = Start();
        Ask(decoder, 3);
        var path = $"/{_plan.VideoId}";
        Assert.Equal(
            new DecoderProtocol.Unusable(3, new VideoFault(path, UnusableReason.Corrupt, $"{path} is broken.")),
            _asker.Hears<DecoderProtocol.Unusable>());
        Assert.Equal(0, _memory.Rented);
        // The next video is decoded by the same decoder.
        _videos.Broken.Clear();
        _videos.BeforeLoad = null;
        Ask(decoder, 4);
        using var pair = _asker.Hears<DecoderProtocol.Decoded>().Pair;
        Assert.Equal(1, _videos.Decoders.Begun);
        Assert.Empty(_crashes);
    }

    [Fact]
    public void Anything_else_crashes_it_and_gives_the_pair_back_and_the_decoder_is_disposed()
    {
        _videos.Before = _ => throw new InvalidOperationException("bug");
        var decoder = Start();
        AwaitGone(decoder, () => Ask(decoder, 1));
        Assert.Equal("bug", Assert.IsType<InvalidOperationException>(Assert.Single(_crashes)).Message);
        Assert.Equal((0, 0), (_memory.Rented, _videos.Decoders.Alive));
        Assert.False(_asker.HasMessages);
    }

    [Fact]
    public void A_cancellation_that_is_not_the_end_is_a_crash_like_any_other()
    {
        _videos.Before = _ => throw new OperationCanceledException("somebody else's");
        var decoder = Start();
        AwaitGone(decoder, () => Ask(decoder, 1));
        Assert.IsType<OperationCanceledException>(Assert.Single(_crashes));
        Assert.Equal(0, _memory.Rented);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancelled_by_the_end_it_gives_the_pair_back_and_says_nothing(bool heeds)
    {
        using var gate = new Gate();
        // One that is about to return does not look at its cancellation any more.
        if (heeds) _videos.BeforeUnlessCancelled = (_, cancel) => Eventually.Holds(() => cancel.IsCancellationRequested);
        else _videos.BeforeUnlessCancelled = (_, _) => gate.Pass();
        _videos.HeedsCancellation = heeds;
        var decoder = Start();
        Ask(decoder, 1);
        Eventually.Holds(() => _videos.Calls.Count == 1);
        if (!heeds) gate.AwaitArrival();
        _ending.Cancel();
        gate.Open();
        Assert.Empty(Heard(decoder, _asker));
        Assert.Equal(0, _memory.Rented);
        Assert.Empty(_crashes);
    }

    [Fact]
    public void Stopped_it_disposes_its_decoder()
    {
        var decoder = Start();
        AwaitGone(decoder, () => Sys.Stop(decoder));
        Assert.Equal((1, 0), (_videos.Decoders.Begun, _videos.Decoders.Alive));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
        _ending.Dispose();
    }

    private IActorRef Start() => Start(
        DecoderActor.Props(
            () => new FakeDecoder(_videos), _videos, _memory, 8, TimeSpan.FromMinutes(1), instruments: null, _ending.Token),
        "decoder-1", Directive.Stop, _crashes.Add);

    private void Ask(IActorRef decoder, long request) => decoder.Tell(new DecoderProtocol.Decode(request, _plan), _asker.Ref);
}
