using CACL.Actors.Contracts;
using CACL.Http.Status;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Http.Tests.Status;

public sealed class VerdictTests
{
    [Fact]
    public void What_holds_the_training_up_is_said_in_a_sentence()
    {
        var starved = Status(0.5, 2) with { SecondsPerDecode = 0.125 };
        Assert.Equal(
            "The decoders are the bottleneck: 3 more would help (decoders=5); the training waits 50 % of its time for data.",
            Verdict.Of(starved, processors: 8));
        Assert.Equal(
            "The decoders are the bottleneck: the training waits 50 % of its time for data. 2 decoders so far; more are added while that "
                + "makes the training faster.",
            Verdict.Of(starved with { Settings = starved.Settings with { Decoders = 0 } }, processors: 8));
        Assert.Contains("this machine has 4 processors", Verdict.Of(starved, processors: 4), StringComparison.Ordinal);
        Assert.StartsWith("Computing is the bottleneck", Verdict.Of(Status(0.01, 2), processors: 8), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_the_first_step_nothing_is_said_of_the_decoders()
    {
        Assert.Equal("The training is being started.", Verdict.Of(Status(0.9, 1) with { State = RunState.Starting, Times = null }, 8));
        Assert.Equal(
            "The first step is not done yet.", Verdict.Of(Status(0.9, 1) with { State = RunState.WaitingForData, Times = null }, 8));
    }

    [Fact]
    public void A_training_that_is_held_says_by_what()
    {
        Assert.Contains(
            "cacl resume", Verdict.Of(Status(0.9, 1) with { State = RunState.Paused, PausedByUser = true }, 8), StringComparison.Ordinal);
        Assert.Contains(
            "disk", Verdict.Of(Status(0.9, 1) with { State = RunState.Paused, PausedByUser = true, PausedByCheckpoint = true }, 8),
            StringComparison.Ordinal);
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
        Times = new StepTimeFigures(100, new TimeShares(waits, 0, 0, 1 - waits, 0, 0), ComputeSeconds: 1, Pairs: 32),
        Last = null,
        Checkpoint = null,
        BatchesWaiting = 0,
        BatchCapacity = 2,
        BytesInFlight = 0,
        BytesLimit = 1,
        Decoders = decoders,
        DecodersBusy = decoders,
        Settings = new LiveSettings { LossWeights = CaclOptions.Weights(1, 1, 1), Decoders = decoders },
        Ahead = [],
        Quarantined = 0,
        Outcome = null,
    };
}
