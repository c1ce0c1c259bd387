using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

/// <summary>Tests runs that are over, but whose engine takes long to end.</summary>
public sealed class RunEndTests : IDisposable
{
    private readonly ManualResetEventSlim _mayGo = new();
    private readonly FakeRun _run = new() { Evaluator = new FakeEvaluator() };

    public RunEndTests()
    {
        _run.Training.BeforeItGoes = () => _mayGo.Wait();
        _run.Evaluation = new EvaluatorOptions { Targets = [new EvaluationTarget("camvid", "linear", "quick")] };
    }

    public void Dispose()
    {
        _mayGo.Set();
        _run.Dispose();
        _mayGo.Dispose();
    }

    [Fact]
    public async Task Neither_the_last_evaluation_begins_nor_is_the_end_told_before_the_engine_is_gone()
    {
        var training = Reach();
        Assert.Null((await training.EvaluationsAsync(Eventually.Patience)).Running);
        Assert.Empty(_run.Evaluator!.Seen);
        Assert.Equal((false, ActorState.Busy), (training.Completion.IsCompleted, training.Actors().Single(a => a.Path == "run").State));
        _mayGo.Set();
        Assert.Equal(RunEnd.Completed, (await _run.OutcomeAsync()).End);
        Assert.Equal((1, 0), (_run.Evaluator.Seen.Count, _run.Training.Engines.Alive));
    }

    [Fact]
    public async Task An_engine_that_never_goes_takes_nothing_from_the_result()
    {
        _run.Options = _run.Options with { EndingTime = TimeSpan.FromMilliseconds(50) };
        _run.Start();
        var outcome = await _run.OutcomeAsync();
        Assert.Equal((RunEnd.Completed, 12L, "step-00000012"), (outcome.End, outcome.Step, Path.GetFileName(outcome.Checkpoint)));
        Assert.Equal((1, 1), (_run.Evaluator!.Seen.Count, _run.Training.Engines.Alive));
    }

    [Fact]
    public async Task An_engine_that_cannot_be_given_up_cleanly_takes_nothing_from_the_result()
    {
        _run.Training.BeforeItGoes = () => throw new InvalidOperationException("device lost");
        _run.Start();
        var outcome = await _run.OutcomeAsync();
        Assert.Equal((RunEnd.Completed, "step-00000012"), (outcome.End, Path.GetFileName(outcome.Checkpoint)));
    }

    [Fact]
    public async Task Asked_to_stop_meanwhile_it_evaluates_no_more()
    {
        var training = Reach();
        training.Stop("enough");
        await training.StatusAsync(Eventually.Patience);
        _mayGo.Set();
        Assert.Equal(RunEnd.Completed, (await _run.OutcomeAsync()).End);
        Assert.Empty(_run.Evaluator!.Seen);
    }

    /// <summary>Returns when all steps are done and saved and the engine is about to be disposed.</summary>
    private TrainingRun Reach()
    {
        var training = _run.Start();
        Eventually.Holds(() => training.Status().State is RunState.Evaluating or RunState.Ended);
        return training;
    }
}
