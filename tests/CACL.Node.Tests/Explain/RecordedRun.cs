using System.Security.Cryptography;
using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Supervision;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.Selection;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.RunInputs;
using CACL.Node.Settings;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Node.Tests.Explain;

/// <summary>
/// A real training on seven made clips in a real run folder, with the parts that <c>cacl train</c> assembles; it records the bytes of each
/// batch.
/// </summary>
internal sealed class RecordedRun : IDisposable
{
    public const int Batch = 4;
    public const int Steps = 9;

    private readonly TemporaryFolder _folder = new();
    private readonly PairDecoders _decoders;

    private RecordedRun(PairDecoders decoders) => _decoders = decoders;

    /// <summary>The run folder.</summary>
    public string Folder => _folder.File("run");

    public string Catalog => _folder.File("catalog.sqlite");

    /// <summary>SHA-256 of each step's batch, by step from 1 on.</summary>
    public Dictionary<long, string> Seen { get; } = [];

    /// <summary>Wraps a decoder.</summary>
    public Func<IPairDecoder, IPairDecoder> Decoder { get; set; } = decoder => decoder;

    /// <summary>Steps, from 1 on, whose losses are not finite.</summary>
    public HashSet<long> NotFinite { get; } = [];

    public static RecordedRun New(MadeClips clips)
    {
        MadeClips.Require();
        var run = new RecordedRun(PairDecoders.Create(DecoderKind.Auto));
        Directory.CreateDirectory(run.File("videos"));
        foreach (var clip in Directory.EnumerateFiles(clips.Videos).Order(StringComparer.Ordinal).Take(7))
            System.IO.File.Copy(clip, run.File("videos", Path.GetFileName(clip)));
        using var catalog = VideoCatalog.Open(run.Catalog);
        new VideoScanner(catalog, run._decoders.CreateProber)
            .Scan([run.File("videos")], new ScanOptions(), new Progress<ScanProgress>(), CancellationToken.None);
        return run;
    }

    public string File(params string[] parts) => _folder.File(parts);

    public string Clip(int number) => _folder.File("videos", $"clip-{number:0000}.mp4");

    /// <summary>Trains until the run is done or has been asked to stop after a step.</summary>
    public async Task<RunOutcome> TrainAsync(RunStart start, long stopAfter = long.MaxValue)
    {
        var configuration = ConfigurationFiles.Load([], Settings, new Dictionary<string, string>());
        using var folder = RunFolder.Open(Folder, start);
        using var catalog = VideoCatalog.Open(Catalog);
        var settings = configuration.Settings;
        var videos = TrainingVideos.Load(catalog, new VideoRoots(settings.Data.Videos), settings.Data.Stride);
        var options = TrainingOptions.Of(configuration, folder.Path, TorchDevice.Prepare(settings.Training), Precision.Fp32, videos);
        var length = RunLength.Of(videos.Usable.Length, options.BatchSize, options.Epochs, options.MaxSteps);
        var storage = new CheckpointStorage(new CheckpointStore(folder.Checkpoints, options.CheckpointsKept), options, length);
        var point = start == RunStart.Resume ? storage.LoadLatest() : null;
        folder.Begin(configuration.Render(), point?.Step ?? 0);
        using var system = ActorSystem.Create("test", Dispatchers.Configuration);
        TrainingRun? run = null;
        run = TrainingRun.Start(system, options, new RunParts
        {
            Videos = videos.Usable,
            Library = catalog,
            Decoder = () => Decoder(_decoders.CreateDecoder()),
            Engine = () => new Recorder(this, new TrainingEngine(settings.ToMethod(), options.Device, options.Sampling.Seed)),
            Checkpoints = storage,
            Start = point,
            Observer = step =>
            {
                if (step.Step == stopAfter) run!.Stop("enough");
            },
        });
        var outcome = await run.Completion.WaitAsync(TimeSpan.FromMinutes(2));
        await system.Terminate();
        return outcome;
    }

    public void Dispose() => _folder.Dispose();

    private string[] Settings =>
    [
        "cacl.seed=11", $"cacl.data.videos=[\"{_folder.File("videos")}\"]", $"cacl.data.catalog=\"{Catalog}\"", "cacl.data.crop-size=32",
        "cacl.data.decoders=2", "cacl.data.max-bad-share=0.9",
        "cacl.model.queue-size=64", "cacl.model.enqueue-pixels=2", "cacl.model.bn-splits=2", "cacl.model.momentum=0.9",
        "cacl.training.device=cpu", "cacl.training.threads=1", $"cacl.training.batch-size={Batch}", $"cacl.training.max-steps={Steps}",
        "cacl.training.learning-rate=0.1", "cacl.training.on-nan=skip",
        "cacl.checkpoints.every-steps=3", "cacl.checkpoints.keep=10",
    ];

    private sealed class Recorder(RecordedRun run, TrainingEngine engine) : ITrainingEngine
    {
        public StepResult Step(PairBatch batch, StepSettings settings)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var pair in batch.Pairs)
            {
                hash.AppendData(pair.First);
                hash.AppendData(pair.Second);
            }

            run.Seen[batch.Step + 1] = Convert.ToHexStringLower(hash.GetHashAndReset());
            return run.NotFinite.Contains(batch.Step + 1)
                ? CaclResults.Of(double.NaN, global: double.NaN, rate: settings.LearningRate)
                : engine.Step(batch, settings);
        }

        public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => engine.Snapshot(reuse);

        public void Restore(TrainingSnapshot snapshot) => engine.Restore(snapshot);

        public void Dispose() => engine.Dispose();
    }
}
