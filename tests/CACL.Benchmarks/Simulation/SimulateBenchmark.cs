using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using CACL.Actors.Supervision;
using CACL.Actors.Supervisor;
using CACL.Data.Sampling;

namespace CACL.Benchmarks.Simulation;

/// <summary>
/// Simulates trainings side by side, each with a stream and a share of the decoders of its own, in virtual time: the real actors with
/// decoders and steps that only let time pass. Says how long the trainings waited for data, what each actor costs, and which one a larger
/// load would saturate first.
/// </summary>
internal static class SimulateBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private static readonly Config Virtual = ConfigurationFactory.ParseString(
        """
        akka.scheduler.implementation = "CACL.Benchmarks.Simulation.VirtualScheduler, CACL.Benchmarks"
        akka.actor.default-dispatcher {
          type = Dispatcher, executor = "CACL.Benchmarks.Simulation.VirtualExecutors, CACL.Benchmarks", throughput = 1
        }
        akka.actor.internal-dispatcher {
          type = Dispatcher, executor = "CACL.Benchmarks.Simulation.VirtualExecutors, CACL.Benchmarks", throughput = 1
        }
        cacl-dispatchers.own-thread {
          type = Dispatcher, executor = "CACL.Benchmarks.Simulation.DecodingExecutors, CACL.Benchmarks", throughput = 1
        }
        """).WithFallback(Dispatchers.Configuration);

    public static int Run(Options options)
    {
        var (decoders, trainers, batch) = (options["decoders", 1000], options["trainers", 64], options["batch", 32]);
        var (mean, spread) = (options["decode-ms", 18.5], options["decode-spread-ms", 10.0]);
        var (step, length) = (options["step-ms", 56.0], TimeSpan.FromMinutes(options["minutes", 0.25]));
        var shapes = InventedVideos.Shapes(options["videos", 10_000_000]);
        DecodeTimes.Are(mean, spread);
        var folder = Directory.CreateTempSubdirectory("cacl-simulate-");
        try
        {
            using var time = new VirtualTime();
            var engines = Enumerable.Range(0, trainers).Select(_ => new SimulatedTrainer(time, TimeSpan.FromMilliseconds(step))).ToArray();
            for (var i = 0; i < trainers; i++)
            {
                var run = folder.CreateSubdirectory(i.ToString(CultureInfo.InvariantCulture)).FullName;
                Start(run, i, batch, (decoders * (i + 1) / trainers) - (decoders * i / trainers), shapes, engines[i], time);
            }

            var load = Simulate(time, engines, length);
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                command = "simulate",
                videos = shapes.Length,
                decoders,
                trainers,
                batch,
                decode_ms = mean,
                decode_spread_ms = spread,
                step_ms = step,
                load,
                peak_mib = ProcessMemory.PeakMib(),
            }));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Start(
        string folder, int seed, int batch, int decoders, VideoShape[] shapes, SimulatedTrainer engine, VirtualTime time)
    {
        var invented = new InventedVideos(TimeSpan.Zero);
        var options = InventedTraining.Options(folder, batch, decoders);
        TrainingRun.Start(
            ActorSystem.Create("cacl", Virtual), options with { Sampling = options.Sampling with { Seed = (ulong)seed } }, new RunParts
            {
                Videos = shapes,
                Library = invented,
                Decoder = invented.Decoder,
                Engine = () => engine,
                Checkpoints = new NoCheckpoints(),
                Clock = time,
            });
    }

    private static object Simulate(VirtualTime time, SimulatedTrainer[] engines, TimeSpan length)
    {
        using var process = Process.GetCurrentProcess();
        var (clock, spent) = (new Stopwatch(), TimeSpan.Zero);
        time.In(WarmUp, () =>
        {
            process.Refresh();
            spent = process.TotalProcessorTime;
            clock.Start();
            time.Loads.Clear();
            foreach (var engine in engines) engine.Begin();
        });
        time.Pass(WarmUp + length);
        var real = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var processor = (process.TotalProcessorTime - spent).TotalSeconds;
        var (pairs, loads, seconds) = (engines.Sum(engine => engine.Pairs), time.Loads.All(), length.TotalSeconds);
        double[] waiting = [.. engines.Select(engine => engine.Waiting(length)).Order()];
        return new
        {
            virtual_s = seconds,
            real_s = real,
            pairs,
            pairs_per_s = pairs / seconds,
            waiting_mean = waiting.Average(),
            waiting_least = waiting[0],
            waiting_most = waiting[^1],
            messages_per_s = loads.Sum(load => load.Messages) / seconds,
            actors_us_a_pair = loads.Sum(load => load.Seconds) * 1e6 / pairs,
            processor_us_a_pair = processor * 1e6 / pairs,
            actors = loads.Where(load => load.Messages > 0).Take(12).Select(load => new
            {
                kind = load.Kind,
                number = load.Actors,
                messages_per_s_each = load.Messages / seconds / load.Actors,
                us_a_message = load.Seconds * 1e6 / load.Messages,
                share_of_a_core_busiest = load.Busiest / seconds,
                saturated_at = seconds / load.Busiest,
                longest_queue = load.LongestQueue,
            }),
        };
    }
}
