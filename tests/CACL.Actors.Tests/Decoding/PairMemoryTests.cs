using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Decoding;

/// <summary>Checks that the memory of decoded pairs has one owner at a time, and none in the end.</summary>
public sealed class PairMemoryTests
{
    /// <summary>Ways in which a run can end.</summary>
    public enum Ending
    {
        AllStepsDone,
        Stopped,
        StoppedWhilePaused,
        NotFinite,
        RolledBack,
        StepFails,
        CopyFails,
        TooManyBad,
        DecodersFail,
    }

    [Fact]
    public void Whatever_ends_a_run_all_its_pairs_are_back_when_that_is_told() =>
        Gen.Select(Gen.Enum<Ending>(), Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 40].HashSet[0, 6]).Sample(
            (ending, step, decoders, prefetch, crashes) =>
            {
                var diverges = ending is Ending.NotFinite or Ending.RolledBack;
                using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = diverges ? [step] : [] } };
                run.Options = run.Options with
                {
                    Decoders = decoders,
                    PrefetchBatches = prefetch,
                    // A stop travels by messages while steps go on, so only a run with steps to spare is sure to end by it.
                    MaxSteps = ending is Ending.Stopped or Ending.StoppedWhilePaused ? 1_000_000 : run.Options.MaxSteps,
                    CheckpointEverySteps = 2,
                    OnNotFinite = ending == Ending.RolledBack ? OnNotFinite.Rollback : OnNotFinite.Halt,
                    MaxBadShare = ending == Ending.TooManyBad ? 0 : 1,
                    DecoderBackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)),
                };
                var calls = 0;
                run.Videos.Before = _ =>
                {
                    var call = Interlocked.Increment(ref calls);
                    if (ending == Ending.DecodersFail && call > 4 * step) throw new InvalidOperationException("no such library");
                    if (crashes.Contains(call)) throw new InvalidOperationException("bug");
                };
                if (ending == Ending.TooManyBad) run.Videos.Broken.UnionWith([step, step + 1]);
                run.Training.Before = now =>
                {
                    if (now != step) return;
                    if (ending == Ending.StepFails) throw new InvalidOperationException("device lost");
                    if (ending == Ending.StoppedWhilePaused) run.Run.Pause();
                    if (ending is Ending.Stopped or Ending.StoppedWhilePaused) run.Run.Stop("enough");
                };
                if (ending == Ending.CopyFails) run.Training.BeforeCopy = () => throw new InvalidOperationException("out of memory");
                var outcome = run.RunAsync().GetAwaiter().GetResult();
                Assert.Equal(Expected(ending, step), outcome.End);
                Assert.Equal(0, run.Run.Status().BytesInFlight);
            },
            iter: LongTests.Wanted ? 400 : 40, threads: 1);

    private static RunEnd Expected(Ending ending, int step) => ending switch
    {
        Ending.AllStepsDone => RunEnd.Completed,
        // There is no checkpoint yet to roll back to.
        Ending.RolledBack when step >= 2 => RunEnd.Completed,
        Ending.Stopped or Ending.StoppedWhilePaused => RunEnd.Stopped,
        _ => RunEnd.Failed,
    };
}
