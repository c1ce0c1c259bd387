using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Control;

/// <summary>Checks that a training of the real method whose settings change while it runs can be computed again, to the bit.</summary>
public sealed class LiveBitTests
{
    private const int Steps = 6;

    [Fact]
    public async Task A_run_changed_live_and_resumed_is_one_that_was_not_interrupted_to_the_bit()
    {
        LibTorchLoader.Load();
        TorchThreads.Use(1);
        using var whole = new TemporaryFolder();
        var expected = await TrainAsync(whole, changeIn: 2);
        Assert.Equal(2, File.ReadAllLines(whole.File("control.jsonl")).Length);
        Assert.True(RateOf(expected, 4) < 0.5 * RateOf(expected, 3), "The change did not act from step 4 on.");

        using var after = new TemporaryFolder();
        await TrainAsync(after, changeIn: 2, crashIn: 4);
        AssertSame(expected, await TrainAsync(after, resume: true), "goes on from a checkpoint after the change");
        if (!LongTests.Wanted) return; // the same from two other places

        foreach (var late in (string[])["step-00000004", "step-00000006"])
            Directory.Delete(after.File($"checkpoints/{late}"), recursive: true);
        AssertSame(expected, await TrainAsync(after, resume: true), "goes back behind the change");

        using var between = new TemporaryFolder();
        await TrainAsync(between, changeIn: 2, crashIn: 2);
        AssertSame(expected, await TrainAsync(between, resume: true), "was killed between journal and step");
    }

    private static double RateOf((string Weights, Dictionary<long, string> Losses) run, long step) =>
        double.Parse(run.Losses[step].Split(' ')[^1], CultureInfo.InvariantCulture);

    private static void AssertSame(
        (string Weights, Dictionary<long, string> Losses) expected, (string Weights, Dictionary<long, string> Losses) run, string what)
    {
        Assert.True(expected.Weights == run.Weights, $"A run that {what} ends in other weights:\n{expected.Weights}\n{run.Weights}");
        foreach (var (step, line) in run.Losses)
            Assert.True(expected.Losses[step] == line, $"A run that {what} has other losses:\n{expected.Losses[step]}\n{line}");
    }

    /// <summary>
    /// Trains with a checkpoint every second step. Changes settings, and crashes, during the given steps, counted from 0.
    /// </summary>
    private static async Task<(string Weights, Dictionary<long, string> Losses)> TrainAsync(
        TemporaryFolder folder, long changeIn = -1, long crashIn = -1, bool resume = false)
    {
        var videos = new FakeVideos();
        var method = new CaclOptions { Seed = 5, QueueSize = 64, BatchNormSplits = 2 };
        var options = new RunOptions
        {
            Directory = folder.Path,
            Device = "cpu",
            Decoders = 2,
            Sampling = new SamplingOptions { Seed = 5, CropSize = 32, EnqueuePixels = 2 },
            Method = method.Describe(),
            BatchSize = 4,
            MaxSteps = Steps,
            LearningRate = 0.1,
            CheckpointEverySteps = 2,
        };
        var storage = new CheckpointStorage(
            new CheckpointStore(folder.File("checkpoints"), keep: 9), options, RunLength.Of(12, 4, options.Epochs, Steps));
        var copied = new TaskCompletionSource<TrainingRun>();
        using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
        var run = TrainingRun.Start(system, options, new RunParts
        {
            Videos = FakeVideos.Shapes(12),
            Library = videos,
            Decoder = () => new FakeDecoder(videos),
            Engine = () => new Disturbed(new TrainingEngine(method, "cpu", options.Sampling.Seed), step =>
            {
                var live = copied.Task.GetAwaiter().GetResult();
                // Checkpoints that are due are saved before anything happens to the run.
                Eventually.Holds(() => (live.Status().Checkpoint?.Step ?? 0) >= step - (step % 2));
                if (step == changeIn)
                {
                    var answer = live.ChangeAsync(
                        [new SettingChange("learning_rate_factor", "0.3"), new SettingChange("loss_weights.pixel", "2.5")], "a test",
                        TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
                    Assert.Equal([step + 2, step + 2], answer.Changes.Select(c => c.Step));
                }

                if (step == crashIn) throw new InvalidOperationException("killed");
            }),
            Checkpoints = storage,
            Start = resume ? storage.LoadLatest() : null,
        });
        copied.SetResult(run);
        var outcome = await run.Completion.WaitAsync(TimeSpan.FromSeconds(120));
        await system.Terminate();
        Assert.True(outcome.End == (crashIn < 0 ? RunEnd.Completed : RunEnd.Failed), outcome.Message);
        var losses = new Dictionary<long, string>();
        foreach (var line in File.ReadLines(folder.File("metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement))
            losses[line.GetProperty("step").GetInt64()] = string.Join(
                ' ',
                new[] { "step", "loss", "loss_global", "loss_pixel", "loss_cycle", "lr" }.Select(
                    key => line.GetProperty(key).GetRawText()));
        var weights = Directory.EnumerateFiles(outcome.Checkpoint!, "*.safetensors").Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}");
        return (string.Join('\n', weights), losses);
    }

    /// <summary>An engine that calls a hook before each step.</summary>
    private sealed class Disturbed(ITrainingEngine engine, Action<long> before) : ITrainingEngine
    {
        public StepResult Step(PairBatch batch, StepSettings settings)
        {
            before(batch.Step);
            return engine.Step(batch, settings);
        }

        public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => engine.Snapshot(reuse);

        public void Restore(TrainingSnapshot snapshot) => engine.Restore(snapshot);

        public void Dispose() => engine.Dispose();
    }
}
