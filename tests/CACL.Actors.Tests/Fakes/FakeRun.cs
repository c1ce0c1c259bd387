using Akka.Actor;
using CACL.Data.Sampling;
using CACL.Learning.Method;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A whole run on fakes, in a real actor system, with a real run folder.</summary>
internal sealed class FakeRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ActorSystem _system = ActorSystem.Create("test", Dispatchers.Configuration);

    public FakeVideos Videos { get; init; } = new();

    public FakeTraining Training { get; init; } = new();

    public FakeStorage Storage { get; init; } = new();

    public int VideoCount { get; init; } = 20;

    public string Folder => _folder.Path;

    public RunOptions Options { get; set; } = new()
    {
        Directory = "",
        Sampling = new SamplingOptions { Seed = 3, CropSize = 32, EnqueuePixels = 4 },
        Cacl = new CaclOptions(),
        BatchSize = 4,
        MaxSteps = 12,
        CheckpointEverySteps = 5,
        Decoders = 2,
        MinBackOff = TimeSpan.FromMilliseconds(1),
        CheckpointMinBackOff = TimeSpan.FromMilliseconds(1),
        DecodeTimeout = TimeSpan.FromSeconds(20),
    };

    public TrainingRun Start(Checkpoints.ResumePoint? start = null) => TrainingRun.Start(
        _system,
        Options with { Directory = _folder.Path },
        new RunParts
        {
            Videos = FakeVideos.Shapes(VideoCount),
            Library = Videos,
            Decoder = () => new FakeDecoder(Videos),
            Engine = () => new FakeEngine(Training),
            Checkpoints = Storage,
            Start = start,
        });

    public async Task<RunOutcome> RunAsync(Checkpoints.ResumePoint? start = null) =>
        await Start(start).Completion.WaitAsync(TimeSpan.FromSeconds(60));

    public string[] Lines(string file) => File.ReadAllLines(_folder.File(file));

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
        _folder.Dispose();
    }
}
