using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Ranks;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Sampling;
using CACL.Learning.DataParallel;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Ranks;

public sealed class RankBatchesTests : IDisposable
{
    private const int Videos = 20;
    private const int Steps = 7;
    private readonly ActorSystem _system = ActorSystem.Create("test", SerializedMessages.Configuration);
    private readonly FakeVideos _videos = new() { Broken = [4, 9] };

    private static RunOptions Options => new()
    {
        Directory = "",
        Device = "cpu",
        Sampling = new SamplingOptions { Seed = 3, CropSize = 32, EnqueuePixels = 4 },
        Method = new CaclOptions().Describe(),
        BatchSize = 4,
        MaxSteps = Steps,
        Decoders = 2,
        DecoderBackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
        DecodeTimeout = TimeSpan.FromSeconds(20),
    };

    public void Dispose()
    {
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task The_ranks_batches_behind_each_other_are_those_of_one_process(int ranks)
    {
        var whole = Samples(BatchShare.Whole, 0, 1, 2, 3, 4, 5, 6);
        var shares = new List<string[][]>();
        for (var rank = 0; rank < ranks; rank++)
        {
            // Each in a system of its own, as in a process of its own.
            using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
            shares.Add(Samples(new BatchShare(rank, ranks), system, 0, 1, 2, 3, 4, 5, 6));
            await system.Terminate();
        }

        Each.Holds(Enumerable.Range(0, Steps), step => Assert.Equal(whole[step], shares.SelectMany(share => share[step])));
    }

    [Fact]
    public void A_rank_goes_to_whatever_step_rank_0_takes()
    {
        // It resumes at step 2, leaves out step 4, rolls back to step 1 and goes far ahead.
        var found = Samples(BatchShare.Whole, 2, 3, 5, 1, 2, 6);
        using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
        var whole = Samples(BatchShare.Whole, system, 0, 1, 2, 3, 4, 5, 6);
        Assert.Equal([whole[2], whole[3], whole[5], whole[1], whole[2], whole[6]], found);
        Eventually.Ends(system.Terminate());
    }

    [Fact]
    public void Without_usable_videos_it_says_why_there_are_no_more_batches()
    {
        foreach (var id in Enumerable.Range(1, Videos)) _videos.Broken.Add(id);
        var failure = Assert.Throws<RankInputsException>(() => Samples(BatchShare.Whole, 0));
        Assert.Contains("of 20 videos are unusable", failure.Message);
    }

    [Fact]
    public void After_the_last_step_there_is_no_batch() =>
        Assert.Throws<RankInputsException>(() => Samples(BatchShare.Whole, Steps));

    private string[][] Samples(BatchShare share, params long[] steps) => Samples(share, _system, steps);

    private string[][] Samples(BatchShare share, ActorSystem system, params long[] steps)
    {
        using var batches = RankBatches.Start(
            system, Options with { Share = share }, FakeVideos.Shapes(Videos), _videos, () => new FakeDecoder(_videos), _ => { });
        return [.. steps.Select(Of)];

        string[] Of(long step)
        {
            CACL.Data.Batches.PairBatch? batch = null;
            Eventually.Holds(() => (batch = batches.Next(step, TimeSpan.FromMilliseconds(20))) is not null);
            using (batch)
            {
                Assert.Equal(step, batch!.Step);
                return [.. batch.Pairs.Select(pair => $"{pair.Plan!.Epoch} {pair.Plan.Position} {pair.Plan.Attempt} {pair.Path}")];
            }
        }
    }
}
