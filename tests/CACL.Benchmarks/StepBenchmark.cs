using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Benchmarks;

/// <summary>Measures training steps on ready batches of noise: seconds a step, the median without the first step.</summary>
internal static class StepBenchmark
{
    private const int Stride = 8;
    private const int EnqueuePixels = 16;

    public static int Run(Options options)
    {
        LibTorchLoader.Load();
        var threads = TorchThreads.Use(options["threads", 2]);
        var (batch, size, steps, depth) = (options["batch", 16], options["size", 112], options["steps", 6], options["depth", 18]);
        var precision = Enum.Parse<Precision>(options["precision", "fp32"], ignoreCase: true);
        var settings = new CaclOptions
        {
            Backbone = depth switch
            {
                18 => Backbone.ResNet18,
                50 => Backbone.ResNet50,
                _ => throw new ArgumentException("There is no "
                + $"ResNet-{depth} here, only 18 and 50.")
            },
            QueueSize = options["queue", 16384],
            BatchNormSplits = options["bn-splits", 4],
        };
        using var cacl = new CaclMethod(settings, CPU, precision);
        using var generator = new Generator(1);
        using var view = randn([batch, 3, size, size], generator: generator);
        using var viewPlus = randn([batch, 3, size, size], generator: generator);
        var random = new Random(1);
        var seconds = new List<double>();
        StepResult? result = null;
        for (var step = 0; step <= steps; step++)
        {
            var views = new Views(
                view,
                viewPlus,
                Rolls(random, batch, size),
                Rolls(random, batch, size),
                [.. Enumerable.Range(0, batch).OrderBy(_ => random.Next())],
                [.. Enumerable.Range(0, batch).Select(_ => Pixels(random, size))]);
            var clock = Stopwatch.StartNew();
            result = cacl.Step(views, new StepSettings(0.1));
            seconds.Add(clock.Elapsed.TotalSeconds);
        }

        var counted = seconds.Skip(1).Order().ToList();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "step",
            backbone = settings.Backbone.ToString(),
            size,
            batch,
            threads,
            precision = precision.Word(),
            step_seconds = counted[counted.Count / 2],
            fastest_seconds = counted[0],
            loss = result!.Loss,
            peak_mib = ProcessMemory.PeakMib(),
        }));
        return 0;
    }

    private static Roll[] Rolls(Random random, int batch, int size) =>
        [.. Enumerable.Range(0, batch).Select(_ => new Roll(Stride * random.Next(size / Stride), Stride * random.Next(size / Stride)))];

    private static int[] Pixels(Random random, int size)
    {
        var positions = Enumerable.Range(0, size / Stride * (size / Stride)).ToArray();
        random.Shuffle(positions);
        return positions[..EnqueuePixels];
    }
}
