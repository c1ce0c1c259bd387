using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;

namespace CACL.Actors.Tests.Decoding;

/// <summary>What decoding ahead changes is when pairs are decoded, and nothing else.</summary>
public sealed class DecodingAheadTests
{
    private const int Videos = 20;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task A_run_sees_the_same_pairs_and_passes_through_each_video_once_a_block(int epochs)
    {
        using var plain = Run(epochs: 1);
        Assert.Equal(RunEnd.Completed, (await plain.RunAsync()).End);
        using var run = Run(epochs);
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        Assert.Contains(run.Said, line => line.Contains("Decoding ahead", StringComparison.Ordinal));
        Assert.DoesNotContain(plain.Said, line => line.Contains("Decoding ahead", StringComparison.Ordinal));
        // The fake decodes each pair of a pass by itself, so that the calls are the samples' number, and a pass shows in their order.
        var calls = run.Videos.Calls.Reverse().ToList();
        Assert.Equal(20 * Videos, calls.Count);
        var passes = 1 + Enumerable.Range(1, calls.Count - 1).Count(i => calls[i] != calls[i - 1]);
        Assert.InRange(passes, 20 * Videos / epochs, (20 * Videos / epochs) + (2 * Videos));
        Assert.Equal(0, run.Run.Status().BytesInFlight);
    }

    [Fact]
    public async Task A_bad_video_is_found_when_its_turn_comes_and_replaced_by_the_same_one()
    {
        using var plain = Run(epochs: 1);
        using var run = Run(epochs: 4);
        foreach (var one in new[] { plain, run })
        {
            one.Videos.Broken.Add(7);
            Assert.Equal(RunEnd.Completed, (await one.RunAsync()).End);
        }

        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        Assert.Equal(plain.Lines("quarantine.jsonl"), run.Lines("quarantine.jsonl"));
        Assert.Equal(plain.Decisions.Select(decision => decision.Decision), run.Decisions.Select(decision => decision.Decision));
    }

    [Fact]
    public async Task A_decoder_that_crashes_in_a_pass_costs_one_try_as_ever()
    {
        using var plain = Run(epochs: 1);
        Assert.Equal(RunEnd.Completed, (await plain.RunAsync()).End);
        using var run = Run(epochs: 4);
        var crashes = 0;
        run.Videos.Before = id =>
        {
            if (id == 5 && Interlocked.Increment(ref crashes) == 2) throw new InvalidOperationException("a crash");
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        Assert.Single(run.Decisions, decision => decision.Cause.Contains("a crash", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_roll_back_decodes_ahead_anew()
    {
        using var plain = Run(epochs: 1, notFiniteAt: 33);
        using var run = Run(epochs: 4, notFiniteAt: 33);
        foreach (var one in new[] { plain, run })
        {
            one.Options = one.Options with { OnNotFinite = OnNotFinite.Rollback, CheckpointEverySteps = 10 };
            Assert.Equal(RunEnd.Completed, (await one.RunAsync()).End);
        }

        Assert.Equal(plain.Training.Seen, run.Training.Seen);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_written_gets_the_space_of_the_pairs_that_wait()
    {
        using var plain = Run(epochs: 1);
        Assert.Equal(RunEnd.Completed, (await plain.RunAsync()).End);
        using var run = Run(epochs: 4);
        run.Options = run.Options with { CheckpointEverySteps = 30 };
        run.Storage.Failures = 1;
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        var decision = Assert.Single(run.Decisions, decision => decision.Cause.Contains("later epochs", StringComparison.Ordinal));
        Assert.Equal("can keep no pairs for later epochs: a checkpoint cannot be written, and may need their space.", decision.Cause);
        Assert.Equal("each pair is decoded in its own epoch from now on", decision.Decision);
    }

    /// <summary>Half a block's pairs wait for each video on average; so many epochs share a pass as have room.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(499, 1)]
    [InlineData(500, 2)]
    [InlineData(1000, 3)]
    [InlineData(1500, 4)]
    [InlineData(1_000_000, 4)]
    public void As_many_epochs_share_a_pass_as_have_room(long pairs, int epochs)
    {
        const long bytes = 301_056;
        using var run = new FakeRun();
        var options = run.Options with { AheadEpochs = 4, AheadSpace = pairs * bytes };
        Assert.Equal(epochs, DecodingAhead.MostEpochs(options, videos: 1000, bytes));
    }

    [Fact]
    public async Task Ranks_and_runs_of_one_epoch_do_not_decode_ahead()
    {
        using var run = Run(epochs: 4);
        run.Options = run.Options with { MaxSteps = Videos / 4 };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.DoesNotContain(run.Said, line => line.Contains("Decoding ahead", StringComparison.Ordinal));
    }

    private static FakeRun Run(int epochs, long notFiniteAt = -1)
    {
        var run = new FakeRun { VideoCount = Videos, Training = new FakeTraining { NotFiniteAt = [notFiniteAt] } };
        run.Options = run.Options with
        {
            Decoders = 1,
            Epochs = 1000,
            MaxSteps = 20 * Videos / 4,
            CheckpointEverySteps = 0,
            AheadEpochs = epochs,
            AheadSpace = 1 << 30,
        };
        return run;
    }
}
