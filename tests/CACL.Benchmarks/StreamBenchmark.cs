using System.Diagnostics;
using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Supervision;
using CACL.Actors.Supervisor;
using CACL.Data.Sampling;

namespace CACL.Benchmarks;

/// <summary>
/// Measures how many pairs a second the actors of a training carry when neither decoders nor steps take time: the real tree, the real
/// stream and planner, invented videos. Beside the rate it says how long the queues of the pool and of the status actor became: the first
/// actor that cannot keep up is the one whose queue grows. With --decode-ms decoders take that long, so that a thousand of them are a load
/// that a run can have.
/// </summary>
internal static class StreamBenchmark
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    public static int Run(Options options)
    {
        var (videos, decoders) = (options["videos", 10_000_000], options["decoders", 1000]);
        var (batch, pairs) = (options["batch", 32], options["pairs", 100_000]);
        var decodeTime = TimeSpan.FromMilliseconds(options["decode-ms", 0]);
        var shapes = InventedVideos.Shapes(videos);
        var planning = Planning(shapes);
        var folder = Directory.CreateTempSubdirectory("cacl-stream-");
        try
        {
            var engine = new InventedEngine();
            var invented = new InventedVideos(decodeTime);
            var run = InventedTraining.Options(folder.FullName, batch, decoders) with { MaxSteps = pairs / batch };
            using var system = ActorSystem.Create("cacl", Dispatchers.Configuration);
            var (longest, threads) = (new Dictionary<string, int>(), 0);
            using var process = Process.GetCurrentProcess();
            var training = TrainingRun.Start(system, run, new RunParts
            {
                Videos = shapes,
                Library = invented,
                Decoder = invented.Decoder,
                Engine = () => engine,
                Checkpoints = new NoCheckpoints(),
            });
            TimeSpan? spent = null;
            while (!((IAsyncResult)training.Completion).AsyncWaitHandle.WaitOne(Between))
            {
                process.Refresh();
                threads = Math.Max(threads, process.Threads.Count);
                if (engine.Steps > 0) spent ??= process.TotalProcessorTime;
                foreach (var name in new[] { "decoders-1", "status", "telemetry", "trainer-1", "" })
                    longest[name] = Math.Max(longest.GetValueOrDefault(name), Queue(system, name));
            }

            var outcome = training.Completion.Result;
            if (outcome.Fault is not null) throw new InvalidOperationException(outcome.Message);
            process.Refresh();
            var seconds = Stopwatch.GetElapsedTime(engine.Stamps.First, engine.Stamps.Last).TotalSeconds;
            var carried = (engine.Steps - 1) * batch;
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                command = "stream",
                videos,
                decoders,
                batch,
                decode_ms = decodeTime.TotalMilliseconds,
                pairs = carried,
                pairs_per_s = carried / seconds,
                processor_us_a_pair = (process.TotalProcessorTime - (spent ?? TimeSpan.Zero)).TotalMicroseconds / carried,
                longest_queues = longest.ToDictionary(queue => queue.Key.Length > 0 ? queue.Key : "supervisor", queue => queue.Value),
                threads,
                peak_mib = ProcessMemory.PeakMib(),
                planning,
            }));
            system.Terminate().GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static object Planning(VideoShape[] shapes)
    {
        const int plans = 20_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var planner = new SamplePlanner(new SamplingOptions { Seed = 1, CropSize = 32, EnqueuePixels = 4 }, shapes);
        var made = clock.Elapsed;
        _ = planner.Plan(0, 0, 0);
        var ordered = clock.Elapsed;
        for (var i = 0; i < plans; i++) _ = planner.Plan(0, i % planner.Count, 0);
        var planned = clock.Elapsed;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(planner);
        return new
        {
            planner_s = made.TotalSeconds,
            order_s = (ordered - made).TotalSeconds,
            plans_per_s = plans / (planned - ordered).TotalSeconds,
            videos_mib = shapes.Length * 24.0 / 1048576,
            order_mib = kept / 1048576.0,
        };
    }

    private static int Queue(ActorSystem system, string name)
    {
        var path = system.ActorSelection($"/user/run{(name.Length > 0 ? $"/{name}" : "")}");
        // The run may not have it yet, or no longer.
        try
        {
            var actor = path.ResolveOne(TimeSpan.FromSeconds(5)).GetAwaiter().GetResult();
            return actor is ActorRefWithCell { Underlying: { } cell } ? cell.NumberOfMessages : 0;
        }
        catch (ActorNotFoundException)
        {
            return 0;
        }
    }
}
