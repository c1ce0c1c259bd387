using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

public sealed class PairPipelineTests : IDisposable
{
    private static readonly RunLength Length = new(Videos: 10, BatchSize: 4, TotalSteps: 6);

    private readonly ActorSystem _system = ActorSystem.Create("test", SerializedMessages.Configuration);
    private readonly FramePairPool _pool = new(8);

    public void Dispose()
    {
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task One_blueprint_run_twice_numbers_its_steps_alike()
    {
        var graph = PairPipeline.Build(
            _ => Task.FromResult(new SampleOutcome(_pool.Rent())), firstStep: 2, Length, BatchShare.Whole, pairsInFlight: 3,
            prefetchBatches: 2);
        var first = await BatchesAsync(graph);
        Assert.Equal([(2L, 0), (3, 1), (4, 1), (5, 2)], first);
        Assert.Equal(first, await BatchesAsync(graph));
    }

    [Fact]
    public async Task A_stream_that_ends_within_a_group_gives_the_groups_pairs_back()
    {
        using var pairs = new PairsUnderway();
        var graph = PairPipeline.Build(Produce, firstStep: 0, Length, BatchShare.Whole, pairsInFlight: 5, prefetchBatches: 2);
        var (_, batches) = graph.Run(_system.Materializer());
        var reader = new BatchReader(batches, pairs);
        var read = new List<long>();
        await foreach (var batch in reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            read.Add(batch.Step);
            batch.Dispose();
        }

        Assert.Equal([0, 1], read);
        Assert.NotEqual(0, _pool.Rented);
        pairs.Dispose();
        Assert.Equal(0, _pool.Rented);

        // The source delivers two batches and half a group, then signals its end; pairs that are requested beyond it are dropped, too.
        Task<SampleOutcome> Produce(long sample)
        {
            var pair = sample == 10 ? null : _pool.Rent();
            if (pair is not null) pairs.Add(pair);
            return Task.FromResult(new SampleOutcome(pair));
        }
    }

    [Fact]
    public void A_pair_or_batch_that_comes_when_the_stream_is_over_is_nobodys()
    {
        var pairs = new PairsUnderway();
        FramePair[] early = [_pool.Rent(), _pool.Rent()];
        Each.Holds(early, pair => Assert.True(pairs.Add(pair)));
        pairs.Dispose();
        Assert.Equal(0, _pool.Rented);
        Assert.False(pairs.Add(_pool.Rent()));
        Assert.False(pairs.HandOver(new PairBatch(0, 0, early)));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_batch_that_was_handed_over_is_its_readers_whatever_becomes_of_the_stream()
    {
        var pairs = new PairsUnderway();
        FramePair[] own = [_pool.Rent(), _pool.Rent()];
        foreach (var pair in own) pairs.Add(pair);
        Assert.True(pairs.HandOver(new PairBatch(0, 0, own)));
        pairs.Dispose();
        Assert.Equal(2, _pool.Rented);
    }

    private async Task<List<(long Step, int Epoch)>> BatchesAsync(
        IRunnableGraph<(UniqueKillSwitch Switch, ChannelReader<PairBatch> Batches)> graph)
    {
        var read = new List<(long, int)>();
        await foreach (var batch in graph.Run(_system.Materializer()).Batches.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            read.Add((batch.Step, batch.Epoch));
            batch.Dispose();
        }

        return read;
    }
}
