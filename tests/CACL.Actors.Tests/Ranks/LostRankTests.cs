using CACL.Actors.Tests.Fakes;
using CACL.Learning.Ranks;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Tests.Ranks;

public sealed class LostRankTests
{
    [Fact]
    public async Task A_run_that_loses_a_rank_saves_what_it_has_ends_and_goes_on_from_there()
    {
        using var whole = new FakeRun();
        await whole.RunAsync();
        using var run = new FakeRun();
        run.Training.Before = step =>
        {
            if (step == 7) throw new LostRankException("Rank 1 of 2 is gone: process 4711 on node3 has ended.");
        };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, 7L, "step-00000007"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Equal("Rank 1 of 2 is gone: process 4711 on node3 has ended.", outcome.Message);
        Assert.Contains(run.Decisions, decision => decision.IsGrave && decision.Decision == "save and end the run");

        using var rest = new FakeRun();
        Assert.Equal(RunEnd.Completed, (await rest.RunAsync(run.Storage.Written[^1])).End);
        Assert.Equal(whole.Training.Seen, [.. run.Training.Seen, .. rest.Training.Seen]);
    }

    [Fact]
    public async Task Ranks_that_have_drifted_apart_end_the_run_and_nothing_is_saved()
    {
        using var run = new FakeRun();
        run.Training.Before = step =>
        {
            if (step == 7) throw new LostRankException("Rank 1 has drifted away from rank 0.") { IsDrift = true };
        };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000005"), (outcome.End, outcome.Checkpoint));
        Assert.Contains("has drifted away", outcome.Message);
    }

    [Fact]
    public async Task A_step_counts_the_pairs_of_all_ranks()
    {
        var pairs = new List<int>();
        using var run = new FakeRun { Observer = step => pairs.Add(step.Pairs) };
        run.Options = run.Options with { Share = new BatchShare(0, 2) };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(Enumerable.Repeat(4, 12), pairs);
    }
}
