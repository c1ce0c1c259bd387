using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Data.Batches;
using CACL.Data.Wording;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using TorchSharp;

namespace CACL.Node.Planning;

/// <summary>Measures steps of a training on pairs that are there, the copy for a checkpoint, and how fast the disk takes it.</summary>
internal static class StepMeasurement
{
    private const int WarmUp = 2;
    private const int Fewest = 4;
    private const int Most = 200;

    /// <summary>Measures.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="device">cpu or cuda:N, with libtorch loaded.</param>
    /// <param name="pairs">A batch; it stays the caller's.</param>
    /// <exception cref="UserException">The checkpoint cannot be written.</exception>
    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static PlanFigures Run(PlanRequest plan, string device, IReadOnlyList<FramePair> pairs)
    {
        var settings = plan.Settings.Training;
        var method = MethodOfACard(plan);
        var precision = RunPrecision.Of(settings, device, former: null);
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        using var engine = new TrainingEngine(method, device, plan.Settings.Seed, precision: precision, cudaGraph: settings.CudaGraph);
        var (steps, seconds, spent) = Steps(engine, pairs, settings.LearningRate);
        process.Refresh();
        var memory = Math.Max(0, process.PeakWorkingSet64 - before);
        var (copying, writing, bytes) = Checkpoint(engine, method, plan.Settings.RunDirectory);
        var where = $"measured here on {device} in {precision.Word()}";
        return new PlanFigures
        {
            StepSeconds = new KnownFigure(seconds, $"{where}, mean of {Counted.Of(steps, "step")}"),
            StepProcessorSeconds = device == "cpu" ? new KnownFigure(spent, where) : null,
            Threads = torch.get_num_threads(),
            StepMemory = device == "cpu"
                ? new KnownFigure(memory, $"{where}: what a step of {Counted.Of(pairs.Count, "pair")} adds to the process")
                : null,
            SnapshotSeconds = new KnownFigure(copying, "measured here"),
            DiskWrite = new KnownFigure(
                bytes / writing,
                string.Create(CultureInfo.InvariantCulture, $"measured here: {ByteSize.Of(bytes)} hashed and written in {writing:0.00} s")),
        };
    }

    // Each card has its share of the groups with batch statistics of their own.
    private static MethodOptions MethodOfACard(PlanRequest plan)
    {
        var method = plan.Settings.ToMethod();
        var splits = Math.Max(1, method.BatchNormSplits / plan.Cards);
        return method with { BatchNormSplits = plan.BatchPerCard % splits == 0 ? splits : 1 };
    }

    private static (int Steps, double Seconds, double Spent) Steps(TrainingEngine engine, IReadOnlyList<FramePair> pairs, double rate)
    {
        var (steps, clock, before) = (0, new Stopwatch(), TimeSpan.Zero);
        using var process = Process.GetCurrentProcess();
        for (var step = 0; steps < Fewest || (clock.Elapsed < PlanMeasurement.Enough && steps < Most); step++)
        {
            if (step == WarmUp)
            {
                before = process.TotalProcessorTime;
                clock.Start();
            }

            _ = engine.Step(new PairBatch(step, 0, pairs), new StepSettings(rate) { Step = step });
            if (step >= WarmUp) steps++;
        }

        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return (steps, seconds / steps, (process.TotalProcessorTime - before).TotalSeconds / steps);
    }

    private static (double Copying, double Writing, long Bytes) Checkpoint(TrainingEngine engine, MethodOptions method, string run)
    {
        var first = engine.Snapshot(reuse: null);
        var clock = Stopwatch.StartNew();
        var snapshot = engine.Snapshot(first); // as in a run, into memory that is there already
        var copying = clock.Elapsed.TotalSeconds;
        var description = method.Describe();
        var beside = run.Length > 0 ? Path.GetDirectoryName(run)! : Environment.CurrentDirectory;
        var folder = Path.Combine(beside, $".cacl-plan-{Guid.NewGuid():N}");
        try
        {
            clock.Restart();
            var saved = new CheckpointStore(folder, keep: 1).Save(
                new CheckpointState
                {
                    Step = 1,
                    Epoch = 0,
                    Position = 0,
                    Seed = method.Seed,
                    Architecture = description.Architecture,
                    Files = description.CheckpointFiles,
                    Settings = new Dictionary<string, string>(),
                },
                snapshot);
            return (copying, clock.Elapsed.TotalSeconds, Directory.EnumerateFiles(saved).Sum(file => new FileInfo(file).Length));
        }
        catch (CheckpointException failed)
        {
            throw new UserException($"The measurement writes a checkpoint beside the run folder. {failed.Message}", failed);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
