using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Decoding;

/// <summary>Tests the real stream on videos of a dozen kinds: which bytes reach the training loop, and in which order.</summary>
public sealed class RealStreamTests
{
    private const int Batch = 6;
    private const int Steps = 6;

    private static readonly string[] Kinds =
    [
        "plain.mp4", "b_frames.mp4", "open_gop.mp4", "one_key_frame.mp4", "variable_rate.mp4", "gap.mp4", "edit_list.mp4", "start_7s.ts",
        "raw.h264", "rotation_90.mp4", "full_range.mp4", "size_change.ts",
    ];

    [Fact]
    public async Task One_two_and_seven_decoders_and_a_resumed_run_deliver_the_same_bytes_in_the_same_order()
    {
        using var folder = new TemporaryFolder();
        var decoders = Decoders();
        var videos = Directory.CreateDirectory(folder.File("videos")).FullName;
        foreach (var name in Kinds) File.Copy(MadeVideos.Path(name), Path.Combine(videos, name));
        using var catalog = VideoCatalog.Open(folder.File("catalog.sqlite"));
        new VideoScanner(catalog, decoders.CreateProber)
            .Scan([videos], new ScanOptions(), new Progress<ScanProgress>(), CancellationToken.None);
        Assert.Equal(Kinds.Length, catalog.LoadUsable(minFrames: 9).Length);

        var one = await BatchesAsync(catalog, decoders, decoderActors: 1, firstStep: 0);
        Assert.Equal(Steps, one.Count);
        Assert.Equal(Steps, one.Distinct().Count());
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 2, firstStep: 0));
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 7, firstStep: 0));
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 0, firstStep: 0)); // the program chooses
        Assert.Equal(one.Skip(3), await BatchesAsync(catalog, decoders, decoderActors: 2, firstStep: 3));
        Assert.Equal(one, await BatchesAsync(catalog, decoders, decoderActors: 2, firstStep: 0, aheadEpochs: 3));
    }

    private static PairDecoders Decoders()
    {
        try
        {
            return PairDecoders.Create(DecoderKind.Auto);
        }
        catch (DecoderUnavailableException missing)
        {
            Ffmpeg.RequireProgram(false, missing.Message);
            throw;
        }
    }

    private static async Task<List<string>> BatchesAsync(VideoCatalog catalog, PairDecoders decoders, int decoderActors, long firstStep,
        int aheadEpochs = 1)
    {
        using var folder = new TemporaryFolder();
        using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
        var seen = new List<string>();
        var run = TrainingRun.Start(
            system,
            new RunOptions
            {
                Directory = folder.Path,
                Device = "cpu",
                Sampling = new SamplingOptions { Seed = 17, CropSize = 64, EnqueuePixels = 4 },
                Method = new CaclOptions().Describe(),
                BatchSize = Batch,
                MaxSteps = Steps,
                CheckpointEverySteps = 0,
                Decoders = decoderActors,
                AheadEpochs = aheadEpochs,
                AheadSpace = 1 << 30,
                DecoderBounds = new DecoderBounds(First: 3, Most: 4, TrainingThreads: 0, Cores: 6),
            },
            new RunParts
            {
                Videos = catalog.LoadUsable(minFrames: 9),
                Library = catalog,
                Decoder = decoders.CreateDecoder,
                Engine = () => new BatchRecorder(seen),
                Checkpoints = new FakeStorage(),
                Start = firstStep == 0 ? null : new ResumePoint(BatchRecorder.Nothing, firstStep, [], "earlier"),
            });
        var outcome = await run.Completion.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(outcome.End == RunEnd.Completed, outcome.Message);
        await system.Terminate();
        return seen;
    }
}
