using System.Collections.Concurrent;
using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Telemetry;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A complete run on fakes, in a real actor system, with a real run folder.</summary>
internal sealed partial class FakeRun : IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly bool _ownsFolder;
    private volatile TrainingRun? _run;
    private readonly ActorSystem _system = ActorSystem.Create("test", SerializedMessages.Configuration);
    private readonly ConcurrentQueue<string> _said = new();

    public FakeRun()
        : this(new TemporaryFolder(), ownsFolder: true)
    {
    }

    private FakeRun(TemporaryFolder folder, bool ownsFolder)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listener(_said))), typeof(LogEvent));
    }

    /// <summary>Number of checkpoints that earlier starts of the run wrote.</summary>
    public int WrittenBefore { get; private init; }

    public FakeVideos Videos { get; init; } = new();

    public FakeTraining Training { get; init; } = new();

    public FakeStorage Storage { get; init; } = new();

    public FakeEvaluator? Evaluator { get; init; }

    public RunInstruments? Instruments { get; init; }

    public int VideoCount { get; init; } = 20;

    /// <summary>Called with each step.</summary>
    public Action<StepMetrics>? Observer { get; init; }

    public Action? TrainingOver { get; set; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The decisions on failures, in order.</summary>
    public ConcurrentQueue<SupervisionDecision> Decisions { get; } = [];

    public string Folder => _folder.Path;

    /// <summary>The run; waits until it is started.</summary>
    public TrainingRun Run
    {
        get
        {
            Eventually.Holds(() => _run is not null);
            return _run!;
        }
    }

    public RunOptions Options { get; set; } = new()
    {
        Directory = "",
        Device = "cpu",
        Sampling = new SamplingOptions { Seed = 3, CropSize = 32, EnqueuePixels = 4 },
        Method = new CaclOptions().Describe(),
        BatchSize = 4,
        MaxSteps = 12,
        CheckpointEverySteps = 5,
        Decoders = 2,
        DecoderBackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
        CheckpointBackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
        DecodeTimeout = TimeSpan.FromSeconds(20),
        AheadEpochs = 1,
    };

    public EvaluatorOptions Evaluation
    {
        get => Options.Evaluation;
        set
        {
            Options = Options with { Evaluation = value };
            Storage.Folder = _folder.File("checkpoints");
        }
    }

    /// <summary>The lines of evaluations.jsonl; empty if there is no such file.</summary>
    public IReadOnlyList<JsonElement> Evaluations => File.Exists(_folder.File("evaluations.jsonl"))
        ? [.. Lines("evaluations.jsonl").Select(line => JsonDocument.Parse(line).RootElement)]
        : [];

    /// <summary>Sends an actor of the run a message.</summary>
    /// <param name="path">Path below the run; empty: the run's supervisor.</param>
    /// <param name="message">The message.</param>
    public void Tell(string path, object message) => Actor(path).Tell(message);

    /// <summary>Returns an actor of the run.</summary>
    public IActorRef Actor(string path) =>
        _system.ActorSelection($"/user/run/{path}".TrimEnd('/')).ResolveOne(Eventually.Patience).GetAwaiter().GetResult();

    /// <summary>Starts the run again in the same folder, with the same checkpoints and evaluator.</summary>
    public FakeRun Again() => new(
        _folder, ownsFolder: false)
    { Storage = Storage, Evaluator = Evaluator, Options = Options, WrittenBefore = Storage.Written.Count };

    public TrainingRun Start(ResumePoint? start = null) => _run = TrainingRun.Start(
        _system,
        Options with { Directory = _folder.Path },
        new RunParts
        {
            Videos = FakeVideos.Shapes(VideoCount),
            Library = Videos,
            Decoder = () => new FakeDecoder(Videos),
            Engine = () => new FakeEngine(Training),
            Checkpoints = Storage,
            Evaluator = Evaluator,
            Instruments = Instruments,
            Observer = Observer,
            DecisionObserver = Decisions.Enqueue,
            TrainingOver = TrainingOver,
            Clock = Clock,
            Start = start,
        });

    public async Task<RunOutcome> RunAsync(ResumePoint? start = null) =>
        await Start(start).Completion.WaitAsync(Eventually.Patience);

    /// <summary>The actors' messages in the log.</summary>
    public IReadOnlyCollection<string> Said => _said;

    /// <summary>Waits for the end of the run and returns its outcome.</summary>
    public Task<RunOutcome> OutcomeAsync() => Run.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);

    public string[] Lines(string file) => File.ReadAllLines(_folder.File(file));

    /// <summary>Ends the actor system; the actors' last actions can be inspected afterwards.</summary>
    public Task StopActorsAsync() => _system.Terminate().WaitAsync(Eventually.Patience);

    public void Dispose()
    {
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
        if (_ownsFolder) _folder.Dispose();
        // Akka logs a message that could not be serialized, and continues without it.
        Assert.DoesNotContain(_said, line => line.Contains("Swallowing exception", StringComparison.Ordinal));
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> said) => Receive<LogEvent>(line => said.Enqueue($"{line.Message}"));
    }
}
