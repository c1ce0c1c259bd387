using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A run of the real method, engine and checkpoints on invented videos.</summary>
internal sealed class RealTraining(string folder)
{
    private const int Videos = 12;

    /// <summary>Steps of the run.</summary>
    public long Steps { get; init; } = 6;

    /// <summary>Reaction to losses that are not finite.</summary>
    public OnNotFinite OnNotFinite { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    public long CheckpointEverySteps { get; init; } = 2;

    /// <summary>Changes the settings of a step, on the loop's thread.</summary>
    public Func<long, StepSettings, StepSettings> Before { get; init; } = (_, settings) => settings;

    /// <summary>Called with each step whose numbers are known, on the loop's thread.</summary>
    public Action<long> After { get; init; } = _ => { };

    /// <summary>Trains to the end of the run.</summary>
    public async Task<RunOutcome> RunAsync()
    {
        LibTorchLoader.Load();
        TorchThreads.Use(1);
        var method = new CaclOptions { Seed = 5, QueueSize = 64, BatchNormSplits = 2 };
        var options = new RunOptions
        {
            Directory = folder,
            Device = "cpu",
            Decoders = 2,
            Sampling = new SamplingOptions { Seed = 5, CropSize = 32, EnqueuePixels = 2 },
            Method = method.Describe(),
            BatchSize = 4,
            Epochs = 1_000_000,
            MaxSteps = Steps,
            LearningRate = 0.01,
            CheckpointEverySteps = CheckpointEverySteps,
            OnNotFinite = OnNotFinite,
        };
        var videos = new FakeVideos();
        using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
        var run = TrainingRun.Start(system, options, new RunParts
        {
            Videos = FakeVideos.Shapes(Videos),
            Library = videos,
            Decoder = () => new FakeDecoder(videos),
            Engine = () => new Watched(new TrainingEngine(method, "cpu", options.Sampling.Seed), this),
            Checkpoints = new CheckpointStorage(
                new CheckpointStore(Path.Combine(folder, "checkpoints"), keep: 99), options,
                RunLength.Of(Videos, options.BatchSize, options.Epochs, Steps)),
        });
        var outcome = await run.Completion;
        await system.Terminate();
        return outcome;
    }

    private sealed class Watched(ITrainingEngine engine, RealTraining training) : ITrainingEngine
    {
        public StepResult Step(PairBatch batch, StepSettings settings)
        {
            var result = engine.Step(batch, training.Before(batch.Step, settings));
            training.After(batch.Step);
            return result;
        }

        public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => engine.Snapshot(reuse);

        public void Restore(TrainingSnapshot snapshot) => engine.Restore(snapshot);

        public void Dispose() => engine.Dispose();
    }
}
