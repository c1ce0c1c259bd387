using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Augmentation;
using CACL.Learning.Runtime;

namespace CACL.Benchmarks;

/// <summary>
/// Measures what makes the two views of a batch of decoded frames: the copy to the device, flips, colours, blur and normalisation.
/// </summary>
internal static class AugmentationBenchmark
{
    public static int Run(Options options)
    {
        var device = BenchmarkDevice.Of(options);
        var threads = TorchThreads.Use(options["threads", 2]);
        var (batch, size, repeats) = (options["batch", 32], options["size", 224], options["steps", 8]);
        using var noise = new NoiseBatch(batch, size);
        using var builder = new ViewsBuilder(device.Torch());
        var seconds = new List<double>();
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            var began = Stopwatch.GetTimestamp();
            using var views = builder.Build(noise.Pairs, noise.Permutation);
            device.Settle();
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        var counted = seconds.Skip(1).Order().ToList();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "augmentation",
            device = device.Name,
            size,
            batch,
            threads,
            seconds = counted[counted.Count / 2],
            pairs_per_s = batch / counted[counted.Count / 2],
            peak_mib = ProcessMemory.PeakMib(),
        }));
        return 0;
    }
}
