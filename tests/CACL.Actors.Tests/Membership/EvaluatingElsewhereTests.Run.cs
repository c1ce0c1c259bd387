using CACL.Actors.Contracts;
using CACL.Actors.Evaluators;
using CACL.Actors.Membership;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Membership;

/// <summary>The training and the workers of these tests.</summary>
public sealed partial class EvaluatingElsewhereTests
{
    private WorkerHub Hub(IEvaluationOrders orders, TimeSpan? drain = null) => WorkerHub.Start(
        _system, WorkerSystem.Options(ClusterMember.Trainer),
        new WorkerHubOptions
        {
            Version = "1",
            Media = "ffmpeg 1",
            CropSize = 32,
            DecodeTimeout = TimeSpan.FromSeconds(25),
            Library = new FakeVideos(),
            Folders = new SharedFolders([]),
            Orders = orders,
            DrainTime = drain ?? TimeSpan.FromMinutes(5),
        },
        _ => { });

    private WorkerSystem Join(WorkerHub hub, string name, FakeBench bench, int atOnce = 1)
    {
        var worker = Add(new WorkerSystem(hub.Address, name, Offer(bench, atOnce)));
        Eventually.Holds(() => hub.Workers.Any(one => one.Name == name));
        return worker;
    }

    private WorkerSystem Add(WorkerSystem worker)
    {
        _workers.Add(worker);
        return worker;
    }

    private EvaluatorOffer Offer(FakeBench bench, int atOnce)
    {
        var cache = CheckpointCache.Open(_folder.File("cache"), 1 << 20);
        _workers.Add(cache);
        return new EvaluatorOffer { AtOnce = atOnce, Bench = bench, Cache = cache };
    }

    private void Train(WorkerHub hub, params EvaluationTarget[] targets) => Train(hub, null, 0, targets);

    private void Train(WorkerHub hub, Action meanwhile, params EvaluationTarget[] targets) => Train(hub, meanwhile, 0, targets);

    private void Train(WorkerHub hub, Action? meanwhile, long everySteps, params EvaluationTarget[] targets)
    {
        var (videos, workers) = (new FakeVideos(), hub.Workers.Count);
        TrainingRun? run = null;
        // Steps take no time here: the first waits until the evaluator has heard of the workers.
        var training = new FakeTraining
        {
            Before = step =>
            {
                Eventually.Holds(() => step > 0 || (Volatile.Read(ref run) is { } begun
                    && begun.EvaluationsAsync(Eventually.Patience).GetAwaiter().GetResult().Workers == workers));
                _beforeStep(step);
            },
        };
        Directory.CreateDirectory(_folder.File("run"));
        run = TrainingRun.Start(
            _system,
            new RunOptions
            {
                Directory = _folder.File("run"),
                Device = "cpu",
                Sampling = new SamplingOptions { Seed = 3, CropSize = 32, EnqueuePixels = 4 },
                Method = new CaclOptions().Describe(),
                BatchSize = 4,
                MaxSteps = 4,
                CheckpointEverySteps = 0,
                Decoders = 1,
                Evaluation = new EvaluatorOptions
                {
                    Targets = targets,
                    Schedule = new EvaluationSchedule { EverySteps = everySteps, AtEnd = true },
                },
            },
            new RunParts
            {
                Videos = FakeVideos.Shapes(20),
                Library = videos,
                Decoder = () => new FakeDecoder(videos),
                Engine = () => new FakeEngine(training),
                Checkpoints = _storage,
                Workers = hub,
                Evaluator = _here,
                EvaluationObserver = _lines.Enqueue,
                DecisionObserver = _decisions.Enqueue,
            });
        meanwhile?.Invoke();
        Eventually.Holds(() => run.Completion.IsCompleted);
        var outcome = run.Completion.GetAwaiter().GetResult();
        Assert.True(outcome is { End: RunEnd.Completed, EvaluationsLeft: 0 }, outcome.Message);
    }
}
