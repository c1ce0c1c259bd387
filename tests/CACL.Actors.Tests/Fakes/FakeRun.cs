using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Control;
using CACL.Actors.Evaluation;
using CACL.Actors.Telemetry;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A whole run on fakes, in a real actor system, with a real run folder.</summary>
internal sealed class FakeRun : IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly bool _ownsFolder;
    private int _writtenBefore;
    private volatile TrainingRun? _run;
    private readonly ActorSystem _system = ActorSystem.Create("test", Dispatchers.Configuration);

    public FakeRun()
        : this(new TemporaryFolder(), ownsFolder: true)
    {
    }

    private FakeRun(TemporaryFolder folder, bool ownsFolder)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
    }

    public FakeVideos Videos { get; init; } = new();

    public FakeTraining Training { get; init; } = new();

    public FakeStorage Storage { get; init; } = new();

    public FakeEvaluator? Evaluator { get; init; }

    public RunInstruments? Instruments { get; init; }

    public int VideoCount { get; init; } = 20;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string Folder => _folder.Path;

    /// <summary>The run, once it is started.</summary>
    public TrainingRun Run => SpinWait.SpinUntil(() => _run is not null, TimeSpan.FromSeconds(20)) ? _run! : throw new TimeoutException("The run was not started.");

    public RunOptions Options { get; set; } = new()
    {
        Directory = "",
        Sampling = new SamplingOptions { Seed = 3, CropSize = 32, EnqueuePixels = 4 },
        Method = new CaclOptions().Describe(),
        BatchSize = 4,
        MaxSteps = 12,
        CheckpointEverySteps = 5,
        Decoders = 2,
        MinBackOff = TimeSpan.FromMilliseconds(1),
        CheckpointMinBackOff = TimeSpan.FromMilliseconds(1),
        DecodeTimeout = TimeSpan.FromSeconds(20),
    };

    public EvaluationOptions Evaluation
    {
        get => Options.Evaluation;
        set
        {
            Options = Options with { Evaluation = value };
            Storage.Folder = _folder.File("checkpoints");
        }
    }

    /// <summary>Lines of evaluations.jsonl; none where there is no such file.</summary>
    public IReadOnlyList<JsonElement> Evaluations => File.Exists(_folder.File("evaluations.jsonl"))
        ? [.. Lines("evaluations.jsonl").Select(line => JsonDocument.Parse(line).RootElement)]
        : [];

    /// <summary>Another start of the run in the same folder, with the same checkpoints and evaluator.</summary>
    public FakeRun Again() => new(_folder, ownsFolder: false) { Storage = Storage, Evaluator = Evaluator, Options = Options, _writtenBefore = Storage.Written.Count };

    /// <summary>Makes each step wait until the checkpoints before it are saved, and evaluated where that is asked for: what falls due then never slips.</summary>
    public void InNoHurry(bool evaluated = true) => Training.Before = _ =>
    {
        AwaitSaved();
        // Asked in any case: by its answer the evaluator has taken in what was saved.
        SpinWait.SpinUntil(() => _run!.EvaluationsAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult() is { Running: null, Waiting.Count: 0 } || !evaluated, TimeSpan.FromSeconds(20));
        _run!.StatusAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
    };

    /// <summary>
    /// From a step: waits until the loop has heard that its last copy is saved, or it would leave out what falls due next. It hears by
    /// messages: the run's own, whose mark in the actor tree is looked at, then the trainer's, which the question comes behind.
    /// </summary>
    public void AwaitSaved()
    {
        var run = Run;
        SpinWait.SpinUntil(
            () => Storage.Written.Count - _writtenBefore == Training.Copies && run.Actors().Single(a => a.Kind == "checkpoints").State == ActorState.Idle,
            TimeSpan.FromSeconds(20));
        run.StatusAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
    }

    public TrainingRun Start(Checkpoints.ResumePoint? start = null) => _run = TrainingRun.Start(
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
            Clock = Clock,
            Start = start,
        });

    public async Task<RunOutcome> RunAsync(Checkpoints.ResumePoint? start = null) =>
        await Start(start).Completion.WaitAsync(TimeSpan.FromSeconds(60));

    public string[] Lines(string file) => File.ReadAllLines(_folder.File(file));

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
        if (_ownsFolder) _folder.Dispose();
    }
}
