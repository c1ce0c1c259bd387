using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>Tests how the decoder pool by itself ends when it is asked to.</summary>
public sealed class DecoderPoolTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("test", SerializedMessages.Configuration);
    private readonly FramePairPool _memory = new(8);
    private readonly ManualResetEventSlim _decodes = new();
    private readonly ManualResetEventSlim _mayReturn = new();
    private readonly FakeVideos _videos = new();
    private readonly SamplePlanner _planner = new(new SamplingOptions { CropSize = 8, EnqueuePixels = 1 }, FakeVideos.Shapes(5));

    public DecoderPoolTests() => _videos.Before = _ =>
    {
        _decodes.Set();
        _mayReturn.Wait();
    };

    public void Dispose()
    {
        _mayReturn.Set();
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
        _memory.Dispose();
        _decodes.Dispose();
        _mayReturn.Dispose();
    }

    [Fact]
    public async Task Whoever_waits_is_answered_at_once_and_it_goes_when_its_decoders_are_gone()
    {
        var pool = Start();
        var gone = pool.WatchAsync(TestContext.Current.CancellationToken);
        // One pair is being decoded, another waits for a decoder.
        var (first, second) = (Ask(pool, 0), Ask(pool, 1));
        Eventually.IsSet(_decodes);
        pool.Tell(new PoolProtocol.End());
        Assert.IsType<PoolProtocol.Ended>(await first);
        Assert.IsType<PoolProtocol.Ended>(await second);
        Assert.IsType<PoolProtocol.Ended>(await Ask(pool, 2));
        Assert.Equal((false, 1), (gone.IsCompleted, _videos.Decoders.Alive));
        _mayReturn.Set();
        await gone.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 1), (_memory.Rented, _videos.Decoders.Alive, _videos.Calls.Count));
    }

    [Fact]
    public async Task A_pair_that_was_under_way_to_it_is_given_back()
    {
        var pool = Start();
        _ = Ask(pool, 0);
        Eventually.IsSet(_decodes);
        pool.Tell(new PoolProtocol.End());
        pool.Tell(new DecoderProtocol.Decoded(1, _memory.Rent()));
        Assert.IsType<PoolProtocol.Ended>(await Ask(pool, 1));
        Assert.Equal(1, _memory.Rented); // the pair that is still being written to
    }

    [Fact]
    public async Task One_with_nothing_to_do_goes_at_once()
    {
        var pool = Start();
        var gone = pool.WatchAsync(TestContext.Current.CancellationToken);
        pool.Tell(new PoolProtocol.End());
        await gone.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, _videos.Decoders.Alive);
    }

    private Task<object> Ask(IActorRef pool, int position) =>
        pool.Ask(new PoolProtocol.Decode(_planner.Plan(0, position, 0)), Eventually.Patience, TestContext.Current.CancellationToken);

    private IActorRef Start()
    {
        return _system.ActorOf(DecoderPoolActor.Props(new DecoderPoolActor.Settings(
            1, () => new FakeDecoder(_videos), _videos, _memory, 8, TimeSpan.FromMinutes(5), 1, TimeSpan.FromMinutes(1),
            new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)), TimeProvider.System,
            ActorRefs.Nobody)));
    }
}
