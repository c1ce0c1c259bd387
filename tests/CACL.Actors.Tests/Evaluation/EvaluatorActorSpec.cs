using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Evaluation;

/// <summary>What the evaluator promises to the run, its parent. Its time passes only where a test has it pass.</summary>
public sealed class EvaluatorActorSpec : TestKit
{
    private static readonly EvaluationTarget CamVid = new("camvid", "linear", "quick");
    private static readonly EvaluationTarget Voc = new("voc", "limited", "quick", 0.01);

    private static readonly Config Configuration = ConfigurationFactory
        .ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
        .WithFallback(SerializedMessages.Configuration);

    private readonly TemporaryFolder _folder = new();
    private readonly EvaluatorByHand _engine = new();
    private readonly ConcurrentQueue<JsonObject> _lines = [];
    private readonly TestProbe _run;
    private readonly ConcurrentQueue<string> _said = [];

    private EvaluatorOptions _options = new()
    {
        Targets = [CamVid],
        Schedule = new EvaluationSchedule { AtEnd = true },
        Attempts = 2,
        BackOff = new BackOff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)),
        Deadline = TimeSpan.FromHours(2),
        EndingTime = TimeSpan.FromSeconds(10),
    };

    private IActorRef _evaluator = ActorRefs.Nobody;

    public EvaluatorActorSpec()
        : base(Configuration)
    {
        _run = CreateTestProbe("run");
        Sys.EventStream.Subscribe(Sys.ActorOf(Props.Create(() => new Listener(_said))), typeof(LogEvent));
    }

    [Fact]
    public void What_is_demanded_has_a_checkpoint_made_and_is_evaluated_at_it_once()
    {
        Start(CamVid, Voc);
        _run.Send(_evaluator, new EvaluationDemand());
        var answer = Hears<EvaluationAnswer>(out var told);
        Assert.Equal([CamVid, Voc], answer.Queued);
        Assert.Equal([new RunProtocol.RequestCheckpoint(), new RunProtocol.RequestCheckpoint()], told);
        Assert.Equal((null, 0), (Stands().Running, Stands().Waiting.Count));

        Saved(7);
        Assert.Equal((CamVid, 7L, EvaluationTrigger.Request), Words(_engine.Next().Request));
        Saved(8);
        Assert.Equal([(Voc, 7L, EvaluationTrigger.Request)], Stands().Waiting.Select(Words));
    }

    [Fact]
    public void A_checkpoint_at_which_nothing_is_due_is_not_evaluated()
    {
        Start();
        Saved(7, everySteps: 10);
        Assert.Null(Stands().Running);
        Saved(12, everySteps: 10);
        Assert.Equal((CamVid, 12L, EvaluationTrigger.EverySteps), Words(_engine.Next().Request));
        Saved(21, everySteps: 10);
        Saved(32, everySteps: 10);
        Assert.Equal([(CamVid, 32L, EvaluationTrigger.EverySteps)], Stands().Waiting.Select(Words));
    }

    [Fact]
    public void What_fails_is_tried_again_after_a_back_off_and_the_run_is_told_so()
    {
        Start();
        Saved(10, everySteps: 10);
        _engine.Next().Fail("out of memory.");
        var decision = Hears<SupervisionDecision>(out _);
        Assert.Equal((SupervisionVerdict.TriedAgain, "evaluator", 1), (decision.Verdict, decision.Name, decision.Count));
        Assert.Equal("failed: step 10 on camvid (linear, quick): out of memory.", decision.Cause);
        Assert.Equal("tried again in 10 s (attempt 2 of 2); training goes on", decision.Decision);
        Assert.Equal(10, Stands(out var told).Running?.Step);
        Assert.Equal([new EvaluatorProtocol.Doing(ActorState.Waiting)], told);

        Pass(_options.BackOff.Min - TimeSpan.FromTicks(1));
        Stands(out told);
        Assert.Empty(told);
        Pass(TimeSpan.FromTicks(1));
        _engine.Next().Succeed();
        Hears(ActorState.Busy);
        Hears(ActorState.Idle);
        Assert.Equal("done after 2", Words(Assert.Single(_lines)));
    }

    [Fact]
    public void What_fails_as_often_as_it_may_is_given_up_and_recorded_and_the_next_begins()
    {
        Start(CamVid, Voc);
        Saved(10, everySteps: 10);
        _engine.Next().Fail("out of memory.");
        Hears(ActorState.Waiting);
        Stands();
        Pass(_options.BackOff.Min);
        _engine.Next().Fail("out of memory.");
        var decision = Hears<SupervisionDecision>(out _);
        Assert.Equal((SupervisionVerdict.GivenUp, true, 2), (decision.Verdict, decision.IsGrave, decision.Count));
        Assert.Equal("given up after 2 attempts, recorded as failed; training goes on", decision.Decision);
        Assert.Equal(Voc, _engine.Next().Request.Target);
        Assert.Equal("failed after 2: out of memory", Words(Assert.Single(_lines)));
    }

    [Fact]
    public void One_past_its_deadline_is_told_to_end_and_recorded_as_failed()
    {
        _options = _options with { Attempts = 1 };
        Start();
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        Pass(_options.Deadline);
        call.IsToldToEnd();
        call.EndAsTold();
        const string Why = "it took longer than the 7200 s of cacl.evaluation.deadline";
        Assert.Contains(Why, Hears<SupervisionDecision>(out _).Cause, StringComparison.Ordinal);
        Stands();
        Assert.Equal($"failed after 1: {Why}", Words(Assert.Single(_lines)));
        Assert.Contains(Why, File.ReadAllText(_folder.File("evaluations.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_comes_before_the_end_that_was_told_counts()
    {
        Start();
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        Pass(_options.Deadline);
        call.IsToldToEnd();
        call.Succeed();
        Hears(ActorState.Busy);
        Hears(ActorState.Idle);
        Assert.Equal("done after 1", Words(Assert.Single(_lines)));
    }

    [Fact]
    public void One_that_does_not_end_when_told_to_is_given_up_and_lets_no_other_begin_before_it_ends()
    {
        Start(CamVid, Voc);
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        Pass(_options.Deadline);
        call.IsToldToEnd();
        Pass(_options.EndingTime);
        var decision = Hears<SupervisionDecision>(out _);
        Assert.Equal(SupervisionVerdict.GivenUp, decision.Verdict);
        Assert.EndsWith("and it does not end though told to 10 s ago.", decision.Cause, StringComparison.Ordinal);
        Saved(20, everySteps: 10);
        var status = Stands();
        Assert.Null(status.Running);
        Assert.Equal([(Voc, 20L), (CamVid, 20L)], status.Waiting.Select(w => (w.Target, w.Step)));
        Assert.True(Directory.Exists(call.Request.Checkpoint)); // it may still read it

        call.Succeed();
        Assert.Equal((Voc, 20L, EvaluationTrigger.EverySteps), Words(_engine.Next().Request));
        Stands();
        Assert.StartsWith("failed after 1: it took longer", Words(Assert.Single(_lines)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(call.Request.Checkpoint));
    }

    [Fact]
    public void Once_all_steps_are_done_what_waits_is_made_and_then_the_run_is_told_that_nothing_is_left()
    {
        Start(CamVid, Voc);
        Saved(12);
        _evaluator.Tell(new EvaluatorProtocol.TrainingOver(true, 12, Checkpoint(12)));
        _engine.Next().Succeed();
        _engine.Next().Succeed();
        Assert.Equal(0, Hears<EvaluatorProtocol.Idle>(out _).Left);
        Assert.Equal(["12 at-end", "12 at-end"], _lines.Select(l => $"{l["step"]} {l["trigger"]}"));
        Assert.False(Directory.Exists(_folder.File("evaluations", "pending")));

        _run.Send(_evaluator, new EvaluationDemand());
        Hears<EvaluationAnswer>(out var told);
        Assert.DoesNotContain(told, message => message is RunProtocol.RequestCheckpoint); // the last one is there
        Assert.Equal((CamVid, 12L, EvaluationTrigger.Request), Words(_engine.Next().Request));
    }

    [Fact]
    public void A_training_that_was_stopped_leaves_what_is_not_done_and_the_next_evaluator_makes_it()
    {
        Start(CamVid, Voc);
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        _evaluator.Tell(new EvaluatorProtocol.TrainingOver(false, 11, Checkpoint(11)));
        call.IsToldToEnd();
        call.EndAsTold();
        Assert.Equal(2, Hears<EvaluatorProtocol.Idle>(out _).Left);
        Assert.Equal([CamVid, Voc], Stands().Waiting.Select(w => w.Target));
        Assert.Empty(_lines);

        Start(CamVid, Voc);
        Assert.Equal((CamVid, 10L, EvaluationTrigger.EverySteps), Words(_engine.Next().Request));
        Assert.Equal([Voc], Stands().Waiting.Select(w => w.Target));
    }

    [Fact]
    public void One_that_is_left_with_a_newer_one_of_its_target_waiting_counts_once_since_only_that_is_made()
    {
        Start();
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        Saved(20, everySteps: 10);
        _evaluator.Tell(new EvaluatorProtocol.TrainingOver(false, 21, Checkpoint(21)));
        call.IsToldToEnd();
        call.EndAsTold();
        Assert.Equal(1, Hears<EvaluatorProtocol.Idle>(out _).Left);

        Start();
        Assert.Equal((CamVid, 20L, EvaluationTrigger.EverySteps), Words(_engine.Next().Request));
        Assert.Empty(Stands().Waiting);
    }

    [Fact]
    public void One_that_does_not_end_when_the_run_ends_holds_it_up_no_longer_than_it_may_and_is_left_as_well()
    {
        Start();
        Saved(10, everySteps: 10);
        var call = _engine.Next();
        _evaluator.Tell(new EvaluatorProtocol.TrainingOver(false, 11, null));
        call.IsToldToEnd();
        Pass(_options.EndingTime);
        Assert.Equal(1, Hears<EvaluatorProtocol.Idle>(out _).Left);
        Assert.Empty(_lines);
    }

    [Fact]
    public void A_try_that_waits_for_its_back_off_is_left_at_once_when_the_run_ends()
    {
        Start();
        Saved(10, everySteps: 10);
        _engine.Next().Fail("out of memory");
        Hears(ActorState.Waiting);
        _evaluator.Tell(new EvaluatorProtocol.Abandon());
        Assert.Equal(1, Hears<EvaluatorProtocol.Idle>(out _).Left);
        Pass(_options.BackOff.Max);
        Assert.Single(Stands(out var told).Waiting);
        Assert.Empty(told);
    }

    [Fact]
    public void What_is_demanded_outlasts_a_restart()
    {
        Start();
        _run.Send(_evaluator, new EvaluationDemand());
        Hears<EvaluationAnswer>(out _);
        _evaluator.Tell(Kill.Instance);
        Hears<RunProtocol.RequestCheckpoint>(out _);
        Saved(7);
        Assert.Equal((CamVid, 7L, EvaluationTrigger.Request), Words(_engine.Next().Request));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
        // Akka writes down that a message could not be made bytes of, and goes on without it.
        Assert.DoesNotContain(_said, line => line.Contains("Swallowing exception", StringComparison.Ordinal));
    }

    private void Start(params EvaluationTarget[] targets)
    {
        if (!_evaluator.IsNobody())
        {
            _run.Watch(_evaluator);
            Sys.Stop(_evaluator);
            Hears<Terminated>(out _);
        }

        _options = _options with { Targets = targets.Length > 0 ? targets : [CamVid] };
        var restarts = new OneForOneStrategy(_ => Directive.Restart);
        _evaluator = _run.ChildActorOf(
            EvaluatorActor.Props(_options, _engine, new RunLength(100, 4, 1000), _folder.Path, _lines.Enqueue), "evaluator", restarts,
            TestContext.Current.CancellationToken);
        Stands();
    }

    private void Saved(long step, long everySteps = 0) =>
        _evaluator.Tell(new EvaluatorProtocol.CheckpointSaved(Checkpoint(step), step, everySteps));

    private string Checkpoint(long step)
    {
        var folder = _folder.File("checkpoints", $"step-{step}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "state"), $"{step}");
        return folder;
    }

    private void Pass(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    /// <summary>What the run hears next of this kind, and what it hears before.</summary>
    private T Hears<T>(out IReadOnlyList<object> before)
    {
        List<object> others = [];
        before = others;
        while (_run.ReceiveOne(Eventually.Patience, TestContext.Current.CancellationToken) is { } message)
        {
            if (message is T wanted) return wanted;
            others.Add(message);
        }

        throw new InvalidOperationException($"Waited in vain for {typeof(T).Name}. Heard: {string.Join(", ", others)}");
    }

    private void Hears(ActorState state)
    {
        while (Hears<EvaluatorProtocol.Doing>(out _).State != state) continue;
    }

    /// <summary>How it stands after all that it was told, and what it told the run until then.</summary>
    private EvaluationStatus Stands(out IReadOnlyList<object> told)
    {
        // The answer comes behind all that the run was told before.
        _run.Send(_evaluator, new EvaluatorProtocol.GetStatus());
        return Hears<EvaluationStatus>(out told);
    }

    private EvaluationStatus Stands() => Stands(out _);

    private static (EvaluationTarget Target, long Step, EvaluationTrigger Trigger) Words(EvaluationRequest request) =>
        (request.Target, request.Step, request.Trigger);

    private static string Words(JsonObject line) =>
        $"{line["status"]} after {line["attempts"]}{(line["error"] is { } error ? $": {error}" : "")}";

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> said) => Receive<LogEvent>(line => said.Enqueue($"{line.Message}"));
    }
}
