using System.Diagnostics;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Weights;

namespace CACL.Benchmarks;

/// <summary>What trainings of benchmarks have in common.</summary>
internal static class InventedTraining
{
    /// <summary>Returns options of a run without checkpoints that decodes each pair by itself and ends at no epoch.</summary>
    public static RunOptions Options(string folder, int batch, int decoders) => new()
    {
        Directory = folder,
        Device = "cpu",
        Sampling = new SamplingOptions { Seed = 1, CropSize = 32, EnqueuePixels = 4 },
        Method = new CaclOptions().Describe(),
        BatchSize = batch,
        Epochs = int.MaxValue,
        Decoders = decoders,
        CheckpointEverySteps = 0,
        AheadEpochs = 1,
    };
}

/// <summary>Videos that need no file, and decoders that take the time they are told and fill nothing.</summary>
/// <param name="decodeTime">Time that a pair takes; zero: none.</param>
internal sealed class InventedVideos(TimeSpan decodeTime) : IVideoLibrary
{
    private const int Frames = 300;

    private readonly VideoRecord _video = new(
        "/invented.mp4", 0, "h264", 340, 256, default, 0, CountedBy.Packets,
        new FrameIndex(1, 30, [.. Enumerable.Range(0, Frames).Select(i => (long)i)], [0], Seekable: true));

    public static VideoShape[] Shapes(int count)
    {
        var shapes = new VideoShape[count];
        for (var i = 0; i < count; i++) shapes[i] = new VideoShape(i + 1, Frames, 340, 256);
        return shapes;
    }

    public VideoRecord Load(long id) => _video;

    public IPairDecoder Decoder() => new Pausing(decodeTime);

    private sealed class Pausing(TimeSpan time) : IPairDecoder
    {
        public void Decode(
            VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
        {
            if (time > TimeSpan.Zero) cancel.WaitHandle.WaitOne(time);
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>Steps that take no time, and tell when the first and the last one were.</summary>
internal sealed class InventedEngine : ITrainingEngine
{
    public static readonly StepResult Result = new(
        1, [.. new CaclOptions().Metrics.All.Select(metric => new Metric(metric, 0.5))], 0.1);

    private long _steps;

    /// <summary>Time stamp of the first step, and of the last.</summary>
    public (long First, long Last) Stamps { get; private set; }

    public long Steps => Volatile.Read(ref _steps);

    public StepResult Step(PairBatch batch, StepSettings settings)
    {
        var now = Stopwatch.GetTimestamp();
        Stamps = (Stamps.First == 0 ? now : Stamps.First, now);
        Volatile.Write(ref _steps, _steps + 1);
        return Result;
    }

    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => new([], new Dictionary<string, long>());

    public void Restore(TrainingSnapshot snapshot)
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>Keeps no checkpoint.</summary>
internal sealed class NoCheckpoints : ICheckpointStorage
{
    public string Write(TrainingSnapshot snapshot, long step, IReadOnlyList<long> skippedSteps) => $"step-{step}";

    public ResumePoint? LoadLatest() => null;
}
