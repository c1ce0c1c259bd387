using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Training;
using CACL.Data.Sampling;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

/// <summary>
/// Injects each kind of fault into each actor of the tree, and checks the decision, its one line in the log, its count, and that a training
/// that goes on computes what it would have computed.
/// </summary>
public sealed class FaultTableTests
{
    private const string AnyFlow = "StreamSupervisor-*/*";
    private const int Messages = 1000;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>What an actor does.</summary>
    public enum Fault
    {
        Throws,
        Hangs,
        IsSlow,
        IsFlooded,
        HearsNonsense,
    }

    /// <summary>
    /// The table: what is decided when an actor throws, when it hangs, and on whom the latter is. When it is slow or flooded, nothing is
    /// decided, since nothing is lost; a message that it does not know is dropped. Akka supervises the stream's own actors: what becomes of
    /// the stream is seen at its ends.
    /// </summary>
    private static readonly (string Actor, SupervisionVerdict? Throws, SupervisionVerdict Hangs, string By)[] Table =
    [
        ("", SupervisionVerdict.RunEnds, SupervisionVerdict.RunEnds, "run"),
        ("status", SupervisionVerdict.GoesOn, SupervisionVerdict.GoesOn, "status"),
        ("control", SupervisionVerdict.Restarted, SupervisionVerdict.GoesOn, "control"),
        ("telemetry", SupervisionVerdict.Restarted, SupervisionVerdict.GoesOn, "telemetry"),
        ("checkpoints", SupervisionVerdict.Restarted, SupervisionVerdict.GoesOn, "checkpoints"),
        ("evaluator", SupervisionVerdict.Restarted, SupervisionVerdict.GoesOn, "evaluator"),
        ("decoders-1/decoder-1", SupervisionVerdict.Replaced, SupervisionVerdict.Replaced, "decoder-1"),
        ("decoders-1", SupervisionVerdict.RunEnds, SupervisionVerdict.RunEnds, "decoders-1"),
        ("trainer-1", SupervisionVerdict.RunEnds, SupervisionVerdict.RunEnds, "trainer-1"),
        (AnyFlow, SupervisionVerdict.RunEnds, SupervisionVerdict.RunEnds, "trainer-1"),
    ];

    [Theory]
    [InlineData(Fault.Throws)]
    [InlineData(Fault.Hangs)]
    [InlineData(Fault.IsSlow)]
    [InlineData(Fault.IsFlooded)]
    [InlineData(Fault.HearsNonsense)]
    public async Task Each_actors_fault_leads_to_its_decision(Fault fault)
    {
        var rows = Table.Select(row => (row.Actor, Expected: fault switch
        {
            Fault.Throws => ((string?)(row.Actor == AnyFlow ? "stream" : NameOf(row.Actor, row.By)), row.Throws),
            Fault.Hangs => (row.By, row.Hangs),
            Fault.HearsNonsense => (row.Actor == AnyFlow ? "stream" : NameOf(row.Actor, row.By), SupervisionVerdict.GoesOn),
            _ => (null, (SupervisionVerdict?)null),
        })).ToList();
        // Each on a thread of its own, since it blocks.
        await Task.WhenAll(rows.Select(row => Task.Factory.StartNew(
            () => Try(row.Actor, fault, row.Expected.Item1, row.Expected.Item2), TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        static string NameOf(string actor, string by) => actor.Length == 0 || actor == AnyFlow ? by : actor[(actor.LastIndexOf('/') + 1)..];
    }

    private static async Task Try(string actor, Fault fault, string? who, SupervisionVerdict? verdict)
    {
        using var instruments = new RunInstruments();
        using var counts = new Counts(instruments);
        var clock = new JumpingClock();
        using var run = new FakeRun
        {
            Clock = clock,
            Instruments = instruments,
            Evaluator = new FakeEvaluator(),
            Training = new() { StepTime = Step },
        };
        run.Options = run.Options with
        {
            MaxSteps = 0,
            Epochs = 1_000_000,
            CheckpointEverySteps = 50,
            Decoders = 1,
            DecodeTimeout = TimeSpan.FromMilliseconds(100),
            ActorBackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)),
            EndingTime = TimeSpan.FromSeconds(20), // on a busy machine, too, what hung ends in time once the gate is open
            // Nobody tells the time to the supervisor's own watch.
            Watchdog = fault == Fault.Hangs && actor.Length == 0 ? TimeSpan.FromSeconds(2) : TimeSpan.FromMinutes(10),
        };
        run.Evaluation = new EvaluatorOptions
        {
            Targets = [new EvaluationTarget("camvid", "linear", "quick")],
            Schedule = new EvaluationSchedule { EverySteps = 1000 },
        };
        using var gate = new Gate();
        var training = run.Start();
        Eventually.Holds(() => training.Status().Step >= 3);
        Inject(run.Actor(actor), fault, gate);
        if (fault == Fault.Hangs && actor.Length > 0) await PassAsync(run, clock, actor);
        if (verdict is not null) Eventually.Holds(() => run.Decisions.Any(d => d.Name == who), $"a decision on {who}");
        gate.Open();
        if (verdict == SupervisionVerdict.RunEnds)
        {
            var failed = await run.OutcomeAsync();
            Assert.Equal(RunEnd.Failed, failed.End);
            var why = (actor == AnyFlow, fault) switch
            {
                (false, Fault.Throws) => "a fault",
                (true, Fault.Throws) => "The stream of batches between decoders and training has stopped by itself",
                (true, _) => "the stream between them and the training hangs",
                _ => "has answered nothing for",
            };
            Assert.Contains(why, failed.Message, StringComparison.Ordinal);
        }
        else
        {
            var then = training.Status().Step;
            Eventually.Holds(() => training.Completion.IsCompleted || run.Training.Seen.Count > then + 5, "the training goes on");
            Eventually.Holds(() => AnswersAgain(run, actor));
            training.Stop("enough");
            var outcome = await run.OutcomeAsync();
            Assert.True(outcome.End == RunEnd.Stopped, outcome.Message);
            if (actor != "decoders-1/decoder-1" || fault != Fault.Hangs) // a video over which a decoder hangs is left out
                Assert.Equal(Undisturbed(run, outcome.Step), run.Training.Seen);
        }

        var about = run.Decisions.Where(d => d.Verdict != SupervisionVerdict.GivenUp).ToList(); // those left behind at the end
        if (verdict is null)
        {
            Assert.Empty(about);
            return;
        }

        var decision = about.First();
        Assert.Equal((who, verdict), (decision.Name, decision.Verdict));
        Assert.Single(about, d => d.Name == who);
        Eventually.Holds(() => run.Said.Any(line => line.StartsWith($"Supervision: {who} ", StringComparison.Ordinal)));
        Assert.Single(run.Said, line => line.StartsWith($"Supervision: {who} ", StringComparison.Ordinal));
        Assert.Equal(fault == Fault.HearsNonsense ? Messages : 1, counts.Of(decision.Kind, decision.Verdict));
    }

    private static void Inject(IActorRef actor, Fault fault, Gate gate)
    {
        switch (fault)
        {
            case Fault.Throws:
                FaultySender.Act(actor, () => throw new InvalidOperationException("a fault"));
                break;
            case Fault.Hangs:
                FaultySender.Act(actor, gate.Pass);
                gate.AwaitArrival();
                break;
            case Fault.IsSlow:
                for (var i = 0; i < 50; i++) FaultySender.Act(actor, () => Eventually.Pause(TimeSpan.FromMilliseconds(5)));
                break;
            case Fault.IsFlooded:
                for (var i = 0; i < 10 * Messages; i++) actor.Tell(new Identify(i), ActorRefs.NoSender);
                break;
            default:
                for (var i = 0; i < Messages; i++) actor.Tell("nonsense", ActorRefs.NoSender);
                break;
        }
    }

    private static bool AnswersAgain(FakeRun run, string actor)
    {
        try
        {
            return run.Actor(actor).Ask<ActorIdentity>(new Identify(0), Eventually.Patience).GetAwaiter().GetResult().Subject is not null;
        }
        catch (ActorNotFoundException)
        {
            return actor.Contains("decoder-", StringComparison.Ordinal); // another one took its place
        }
    }

    /// <summary>Lets the watchdog's time pass: a round asks all for a sign of life, the next one finds who did not give it.</summary>
    private static async Task PassAsync(FakeRun run, JumpingClock clock, string actor)
    {
        if (actor == AnyFlow) Eventually.Holds(() => WaitsForGood(run));
        run.Tell("", new RunSupervisor.NextRound());
        await run.Actor("").Ask<ActorIdentity>(new Identify(0), Eventually.Patience);
        // Each answers here once it has answered there.
        foreach (var (other, _, _, _) in Table.Where(row => row.Actor != actor && row.Actor != AnyFlow)) _ = run.Actor(other);
        await run.Actor("").Ask<ActorIdentity>(new Identify(0), Eventually.Patience);
        clock.Jump(run.Options.Watchdog);
        if (actor == AnyFlow) run.Tell("trainer-1", new TrainerActor.CheckProgress());
        else if (actor != "decoders-1/decoder-1") run.Tell("", new RunSupervisor.NextRound());
    }

    /// <summary>Whether the training waits for data that will not come: between two steps it waits for a moment, too.</summary>
    private static bool WaitsForGood(FakeRun run)
    {
        var steps = run.Training.Seen.Count;
        if (!Waits()) return false;
        Eventually.Pause(TimeSpan.FromMilliseconds(300));
        return Waits() && run.Training.Seen.Count == steps;

        bool Waits() => run.Run.Status() is { State: RunState.WaitingForData, DecodersBusy: 0 };
    }

    /// <summary>What the engine's state is after each step by the plans alone.</summary>
    private static List<(long Step, float State)> Undisturbed(FakeRun run, long steps)
    {
        var shapes = FakeVideos.Shapes(run.VideoCount);
        var planner = new SamplePlanner(run.Options.Sampling, shapes);
        var length = RunLength.Of(shapes.Length, run.Options.BatchSize, run.Options.Epochs, run.Options.MaxSteps);
        var decoder = new FakeDecoder(new FakeVideos());
        var (first, second) = (new byte[1], new byte[1]);
        var (state, states) = (0f, new List<(long, float)>());
        for (var step = 0L; step < steps; step++)
        {
            var sum = 0;
            for (var sample = step * length.BatchSize; sample < (step + 1) * length.BatchSize; sample++)
            {
                var (epoch, position) = length.PlaceOf(sample);
                var plan = SampleAttempts.Of(planner, epoch, position, _ => false).First();
                decoder.Decode(new FakeVideos().Load(plan.VideoId), plan, 1, TimeSpan.MaxValue, first, second, CancellationToken.None);
                sum += first[0] + second[0];
            }

            state += sum;
            states.Add((step, state));
        }

        return states;
    }

    /// <summary>Adds up the decisions that a run counts.</summary>
    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<(string, string), long> _counted = [];

        public Counts(RunInstruments instruments)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == instruments.Meter && instrument.Name == "cacl.supervision.decisions")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, labels, _) =>
                _counted.AddOrUpdate(((string)labels[0].Value!, (string)labels[1].Value!), value, (_, before) => before + value));
            _listener.Start();
        }

        public long Of(string kind, SupervisionVerdict verdict) => _counted.GetValueOrDefault((kind, verdict switch
        {
            SupervisionVerdict.GoesOn => "goes_on",
            SupervisionVerdict.Restarted => "restarted",
            SupervisionVerdict.Replaced => "replaced",
            SupervisionVerdict.RunEnds => "run_ends",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        }));

        public void Dispose() => _listener.Dispose();
    }
}
