using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Evaluation;

/// <summary>Checks that an evaluation during a real training changes no bit of it, whatever happens to the evaluation.</summary>
public sealed class BitIdentityTests
{
    private const int Steps = 4; // evaluated twice

    private static readonly (string Name, Func<CancellationToken, Task>? Act)[] Evaluators =
    [
        ("none", null),
        ("works", _ => Task.CompletedTask),
        ("throws", _ => throw new InvalidOperationException("out of memory")),
        ("hangs", Eventually.Never),
        ("killed", async cancel =>
        {
            using var process = Process.Start("/bin/sh", ["-c", "kill -9 $$"]);
            await process.WaitForExitAsync(cancel);
            throw new InvalidOperationException($"exit code {process.ExitCode}");
        }),
    ];

    [Fact]
    public async Task Losses_and_weights_are_the_same_to_the_bit_whatever_the_evaluator_does()
    {
        LibTorchLoader.Load();
        TorchThreads.Use(1);
        (string Losses, string Weights)? first = null;
        foreach (var (name, act) in LongTests.Wanted ? Evaluators : Evaluators.Where(e => e.Name is "none" or "works" or "hangs"))
        {
            var (losses, weights, evaluations) = await TrainAsync(act);
            first ??= (losses, weights);
            Assert.True(first == (losses, weights), $"An evaluator that {name} changed the training:\n{first}\n{(losses, weights)}");
            Assert.Equal(act is null ? 0 : 1, evaluations.Distinct().Count());
            if (act is not null) Assert.Equal(name == "works" ? "done" : "failed", evaluations[0]);
        }
    }

    private static async Task<(string Losses, string Weights, string[] Evaluations)> TrainAsync(Func<CancellationToken, Task>? evaluator)
    {
        using var folder = new TemporaryFolder();
        var videos = new FakeVideos();
        var shapes = FakeVideos.Shapes(12);
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
            CheckpointEverySteps = 0,
            Evaluation = new EvaluatorOptions
            {
                Targets = [new EvaluationTarget("camvid", "linear", "quick")],
                Schedule = new EvaluationSchedule { EverySteps = 2, AtEnd = true },
                Deadline = TimeSpan.FromMilliseconds(100),
                BackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
            },
        };
        using var system = ActorSystem.Create("test", SerializedMessages.Configuration);
        var run = TrainingRun.Start(system, options, new RunParts
        {
            Videos = shapes,
            Library = videos,
            Decoder = () => new FakeDecoder(videos),
            Engine = () => new TrainingEngine(method, "cpu", options.Sampling.Seed),
            Checkpoints = new CheckpointStorage(
                new CheckpointStore(folder.File("checkpoints"), keep: 1), options, RunLength.Of(12, 4, options.Epochs, Steps)),
            Evaluator = evaluator is null ? null : new Acting(evaluator),
        });
        var outcome = await run.Completion.WaitAsync(TimeSpan.FromSeconds(120));
        await system.Terminate();
        Assert.Equal(RunEnd.Completed, outcome.End);
        var losses = File.ReadLines(folder.File("metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(m => string.Join(
                ' ', new[] { "step", "loss", "loss_global", "loss_pixel", "loss_cycle" }.Select(key => m.GetProperty(key).GetRawText())));
        var weights = Directory.EnumerateFiles(outcome.Checkpoint!, "*.safetensors").Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}");
        var lines = folder.File("evaluations.jsonl");
        return (
            string.Join('\n', losses),
            string.Join('\n', weights),
            File.Exists(lines)
                ? [.. File.ReadLines(lines).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("status").GetString()!)]
                : []);
    }

    private sealed class Acting(Func<CancellationToken, Task> act) : IEvaluationEngine
    {
        public async Task<System.Text.Json.Nodes.JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
        {
            Assert.Equal(4, Directory.EnumerateFiles(request.Checkpoint, "*.safetensors").Count());
            await act(cancel);
            return new() { ["miou"] = 0.1, ["macc"] = 0.1, ["aacc"] = 0.1, ["manifest"] = new System.Text.Json.Nodes.JsonObject() };
        }
    }
}
