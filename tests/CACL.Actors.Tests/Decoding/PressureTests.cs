using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Decoding;

/// <summary>Tests that frames in flight keep within their memory, whoever is slow.</summary>
public sealed class PressureTests
{
    private const int BytesPerPair = 2 * 3 * 32 * 32;

    /// <summary>Who is ten times slower than the other.</summary>
    public enum Slow
    {
        Training,
        Decoders,
        InTurn,
    }

    [Theory]
    [InlineData(Slow.Training, 2, 24)]
    [InlineData(Slow.Decoders, 2, 24)]
    [InlineData(Slow.InTurn, 2, 24)]
    [InlineData(Slow.Training, 7, 40)]
    [InlineData(Slow.Decoders, 7, 40)]
    [InlineData(Slow.InTurn, 1, 13)]
    public async Task Bytes_in_flight_stay_within_the_configured_memory(Slow slow, int decoders, int pairs)
    {
        using var run = new FakeRun { VideoCount = 50 };
        run.Options = run.Options with
        {
            MaxSteps = LongTests.Wanted ? 200 : 40,
            Epochs = 1000,
            CheckpointEverySteps = 0,
            Decoders = decoders,
            PrefetchBatches = 4,
            InFlightMemory = pairs * BytesPerPair,
        };
        var step = 0L;
        // A step takes four pairs.
        run.Training.Before = now =>
        {
            step = now;
            Eventually.Pause(TimeSpan.FromMilliseconds(IsSlow(Slow.Training) ? 20 : 2));
        };
        run.Videos.DecodeTime = _ => TimeSpan.FromMilliseconds(IsSlow(Slow.Decoders) ? 5 * decoders : 0);
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.InRange(run.MostBytesInFlight, 4 * BytesPerPair, run.Options.InFlightMemory);
        Assert.Equal(0, run.Run.Status().BytesInFlight);
        Assert.DoesNotContain(run.Said, line => line.Contains("too little", StringComparison.Ordinal));

        bool IsSlow(Slow who) => slow == who || (slow == Slow.InTurn && (Volatile.Read(ref step) / 8 % 2 == 0) == (who == Slow.Training));
    }

    [Fact]
    public async Task Where_the_memory_is_too_little_for_three_batches_it_is_said_and_no_more_than_those_are_in_flight()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { InFlightMemory = 5 * BytesPerPair, Decoders = 3, PrefetchBatches = 6 };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.InRange(run.MostBytesInFlight, 4 * BytesPerPair, ((3 * 4) + 3) * BytesPerPair);
        Assert.Single(run.Said, line => line.Contains("too little for three batches of 4 pairs", StringComparison.Ordinal));
    }

    [Fact]
    public void What_may_be_in_flight_fits_the_memory_if_three_batches_do() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 64], Gen.Int[1, 32], Gen.Long[1, 1L << 20], Gen.Long[0, 1L << 32]).Sample(
            (batch, prefetch, decoders, bytes, spare) =>
            {
                var least = bytes * ((3L * batch) + decoders);
                var waiting = PairPipeline.BatchesWaiting(least + spare, bytes, batch, prefetch, decoders);
                var pairs = PairPipeline.PairsInFlight(least + spare, bytes, batch, waiting, decoders, mostDecoders: decoders);
                Assert.InRange(waiting, 1, prefetch);
                Assert.True(pairs >= decoders);
                Assert.InRange(PairPipeline.MostBytes(bytes, batch, waiting, pairs), 1, least + spare);
                Assert.Equal(
                    least, PairPipeline.MostBytes(
                        bytes, batch, PairPipeline.BatchesWaiting(1, bytes, batch, prefetch, decoders), decoders));
            });
}
