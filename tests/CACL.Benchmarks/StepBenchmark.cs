using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Benchmarks;

/// <summary>
/// Measures training steps on ready batches of noise: seconds a step, the median without the first step. As in a training, a card's numbers
/// are read while the next step is under way. After that a few steps are taken apart; there a card is waited for after each part, so that
/// the parts' sum is more than a step.
/// </summary>
internal static class StepBenchmark
{
    private const int Stride = 8;
    private const int EnqueuePixels = 16;

    public static int Run(Options options)
    {
        var device = BenchmarkDevice.Of(options);
        var threads = TorchThreads.Use(options["threads", 2]);
        var (batch, size, graph) = (options["batch", 16], options["size", 112], options["cuda-graph", 0] == 1);
        var settings = new CaclOptions
        {
            Backbone = BackboneOf(options["depth", 18]),
            QueueSize = options["queue", 16384],
            BatchNormSplits = options["bn-splits", 4],
        };
        using var cacl = new CaclMethod(settings, device.Torch(), device.Precision, graph && device.IsCard);
        var (seconds, loss) = Whole(cacl, device, batch, size, options["steps", 6]);
        // A recorded step cannot be stopped in its middle.
        var parts = Parts(cacl, device, batch, size, graph ? 0 : options["parts", 0]);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "step",
            backbone = settings.Backbone.ToString(),
            size,
            batch,
            threads,
            device = device.Name,
            precision = device.Precision.Word(),
            step_seconds = seconds[seconds.Count / 2],
            fastest_seconds = seconds[0],
            transfer_seconds = Median(parts, times => times.Transfer),
            forward_seconds = Median(parts, times => times.Forward),
            backward_seconds = Median(parts, times => times.Backward),
            optimiser_seconds = Median(parts, times => times.Optimiser),
            loss,
            peak_mib = ProcessMemory.PeakMib(),
        }));
        return 0;
    }

    /// <summary>Returns the backbone of a depth.</summary>
    public static Backbone BackboneOf(int depth) => depth switch
    {
        18 => Backbone.ResNet18,
        50 => Backbone.ResNet50,
        _ => throw new ArgumentException($"There is no ResNet-{depth} here, only 18 and 50."),
    };

    // Returns the seconds of the steps after the first in ascending order, and the last loss.
    private static (List<double> Seconds, double Loss) Whole(CaclMethod cacl, BenchmarkDevice device, int batch, int size, int steps)
    {
        using var generator = new Generator(1);
        // the layout of what ViewsBuilder makes: the channels last
        Tensor Noise()
        {
            using var noise = randn([batch, size, size, 3], generator: generator);
            using var there = noise.to(device.Torch());
            return there.permute(0, 3, 1, 2);
        }

        using var view = Noise();
        using var viewPlus = Noise();
        var random = new Random(1);
        var views = Enumerable.Range(0, steps + 1).Select(_ => new Views(
            view,
            viewPlus,
            Rolls(random, batch, size),
            Rolls(random, batch, size),
            [.. Enumerable.Range(0, batch).OrderBy(_ => random.Next())],
            [.. Enumerable.Range(0, batch).Select(_ => Pixels(random, size))])).ToList();
        var seconds = new List<double>();
        StepNumbers? underway = null;
        device.Settle();
        var began = Stopwatch.GetTimestamp();
        void Read(StepNumbers numbers)
        {
            _ = numbers.Read();
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            began = Stopwatch.GetTimestamp();
        }

        foreach (var next in views)
        {
            var begun = cacl.Begin(next, new StepSettings(0.1));
            if (underway is { } before && !before.IsKnown) Read(before);
            if (begun.IsKnown) Read(begun);
            underway = begun;
        }

        if (!underway!.IsKnown) Read(underway);
        return ([.. seconds.Skip(1).Order()], underway.Read().Loss);
    }

    private static List<StepTimes> Parts(CaclMethod cacl, BenchmarkDevice device, int batch, int size, int steps)
    {
        var times = new List<StepTimes>();
        if (steps == 0) return times;
        using var noise = new NoiseBatch(batch, size);
        using var builder = new ViewsBuilder(device.Torch());
        var clock = new StepClock(device.Settle);
        for (var step = 0; step <= steps; step++)
        {
            clock.Start();
            using var views = builder.Build(noise.Pairs, noise.Permutation);
            clock.Ended(StepPart.Transfer);
            _ = cacl.Begin(views, new StepSettings(0.1) { Clock = clock }).Read();
            times.Add(clock.Times);
        }

        return times[1..];
    }

    private static double? Median(List<StepTimes> times, Func<StepTimes, double> part) =>
        times.Count == 0 ? null : times.Select(part).Order().ElementAt(times.Count / 2);

    private static Roll[] Rolls(Random random, int batch, int size) =>
        [.. Enumerable.Range(0, batch).Select(_ => new Roll(Stride * random.Next(size / Stride), Stride * random.Next(size / Stride)))];

    private static int[] Pixels(Random random, int size)
    {
        var positions = Enumerable.Range(0, size / Stride * (size / Stride)).ToArray();
        random.Shuffle(positions);
        return positions[..EnqueuePixels];
    }
}
