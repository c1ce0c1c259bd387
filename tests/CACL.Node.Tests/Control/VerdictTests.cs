using CACL.Actors;
using CACL.Actors.Control;
using CACL.Learning.Method;
using CACL.Node.Control;

namespace CACL.Node.Tests.Control;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(0.01, 2, "takes the time")]
    [InlineData(0.5, 2, "50 % of the time the training waits for data: the decoders are the bottleneck. 2 more would help")]
    [InlineData(0.1, 4, "1 more would help")]
    [InlineData(0.9, 2, "6 more would help")]
    [InlineData(0.9, 8, "as many decoders as processors")]
    public void What_holds_the_training_up_is_said_in_a_sentence(double waits, int decoders, string words) =>
        Assert.Contains(words, Verdict.Of(Status(waits, decoders), processors: 8), StringComparison.Ordinal);

    [Fact]
    public void A_training_that_is_held_says_by_what()
    {
        Assert.Contains("cacl resume", Verdict.Of(Status(0.9, 1) with { State = RunState.Paused, PausedByUser = true }, 8), StringComparison.Ordinal);
        Assert.Contains("disk", Verdict.Of(Status(0.9, 1) with { State = RunState.Paused, PausedByUser = true, PausedByCheckpoint = true }, 8), StringComparison.Ordinal);
        Assert.Contains("pauses after this step", Verdict.Of(Status(0.9, 1) with { PausedByUser = true }, 8), StringComparison.Ordinal);
        Assert.Contains("saves", Verdict.Of(Status(0.9, 1) with { Stopping = true }, 8), StringComparison.Ordinal);
        Assert.Equal("All good.", Verdict.Of(Status(0.9, 1) with { Outcome = new RunOutcome(RunEnd.Completed, 3, null, "All good.") }, 8));
    }

    private static RunStatus Status(double waits, int decoders) => new()
    {
        State = RunState.Running,
        PausedByUser = false,
        PausedByCheckpoint = false,
        Stopping = false,
        Step = 3,
        Length = new RunLength(10, 2, 20),
        Started = default,
        Elapsed = default,
        Remaining = null,
        PairsPerSecond = 3,
        DataWaitShare = waits,
        Last = null,
        Checkpoint = null,
        BatchesWaiting = 0,
        BatchCapacity = 2,
        BytesInFlight = 0,
        BytesLimit = 1,
        Decoders = decoders,
        DecodersBusy = decoders,
        Settings = new LiveSettings { LossWeights = new LossWeights(1, 1, 1) },
        Ahead = [],
        Quarantined = 0,
        Outcome = null,
    };
}
