using System.Security.Cryptography;
using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Decoding;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Training;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>The real stream on real clips: which bytes reach the training loop, and in which order.</summary>
public sealed class RealStreamTests
{
    private const int Batch = 6;
    private const int Steps = 6;

    [Fact]
    public async Task One_two_and_seven_decoders_and_a_resumed_run_deliver_the_same_bytes_in_the_same_order()
    {
        var videos = Workspace.Shared("data", "videos");
        using var folder = new TemporaryFolder();
        var decoders = Decoders();
        using var catalog = VideoCatalog.Open(folder.File("catalog.sqlite"));
        new VideoScanner(catalog, decoders.CreateProber).Scan(
            [Path.Combine(videos, "driving_car"), Path.Combine(videos, "animals")], new ScanOptions(), new Progress<ScanProgress>(), CancellationToken.None);

        var one = await BatchesAsync(catalog, decoders, decoderActors: 1, firstStep: 0);
        Assert.Equal(Steps, one.Count);
        Assert.Equal(Steps, one.Distinct().Count());
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 2, firstStep: 0));
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 7, firstStep: 0));
        Assert.Equal(one.Skip(3), await BatchesAsync(catalog, decoders, decoderActors: 2, firstStep: 3));
    }

    private static PairDecoders Decoders()
    {
        try
        {
            return PairDecoders.Create(DecoderKind.Auto);
        }
        catch (DecoderUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    private static async Task<List<string>> BatchesAsync(VideoCatalog catalog, PairDecoders decoders, int decoderActors, long firstStep)
    {
        using var folder = new TemporaryFolder();
        using var system = ActorSystem.Create("test", Dispatchers.Configuration);
        var seen = new List<string>();
        var run = TrainingRun.Start(
            system,
            new RunOptions
            {
                Directory = folder.Path,
                Sampling = new SamplingOptions { Seed = 17, CropSize = 64, EnqueuePixels = 4 },
                Method = new CaclOptions().Describe(),
                BatchSize = Batch,
                MaxSteps = Steps,
                CheckpointEverySteps = 0,
                Decoders = decoderActors,
            },
            new RunParts
            {
                Videos = catalog.LoadUsable(minFrames: 9),
                Library = new Library(catalog),
                Decoder = decoders.CreateDecoder,
                Engine = () => new Recorder(seen),
                Checkpoints = new FakeStorage(),
                Start = firstStep == 0 ? null : new ResumePoint(Recorder.Nothing, firstStep, [], "earlier"),
            });
        var outcome = await run.Completion.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(outcome.End == RunEnd.Completed, outcome.Message);
        await system.Terminate();
        return seen;
    }

    private sealed class Library(VideoCatalog catalog) : IVideoLibrary
    {
        public VideoRecord Load(long id) => catalog.Load(id);
    }

    private sealed class Recorder(List<string> seen) : ITrainingEngine
    {
        public static TrainingSnapshot Nothing { get; } = new([], new Dictionary<string, long>());

        public StepResult Step(PairBatch batch, StepSettings settings)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var pair in batch.Pairs)
            {
                hash.AppendData(pair.First);
                hash.AppendData(pair.Second);
            }

            seen.Add($"{batch.Step} {batch.Epoch} {Convert.ToHexString(hash.GetHashAndReset())}");
            return CaclResults.Of(1, rate: settings.LearningRate);
        }

        public TrainingSnapshot Snapshot(TrainingSnapshot? spent) => Nothing;

        public void Restore(TrainingSnapshot snapshot)
        {
        }

        public void Dispose()
        {
        }
    }
}
