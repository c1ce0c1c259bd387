using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Losses;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Benchmarks;

/// <summary>
/// Measures the pixel loss alone, forward and backward, with as many logits as a batch has: seconds, and additional memory.
/// </summary>
internal static class PixelLossBenchmark
{
    private const int Width = 128;

    public static int Run(Options options)
    {
        LibTorchLoader.Load();
        var threads = TorchThreads.Use(options["threads", 2]);
        var (batch, size, queueSize) = (options["batch", 32], options["size", 224], options["queue", 16384]);
        var positions = size / 8 * (size / 8);
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor Unit(params long[] shape) => nn.functional.normalize(randn(shape, generator: generator), dim: -1);
        var (p, pPlus, queue) = (Unit(batch, positions, Width).requires_grad_(), Unit(batch, positions, Width), Unit(queueSize, Width));
        var matches = Correspondence.SamePosition(batch, positions, CPU);
        // threads and code are loaded before memory is counted
        _ = Seconds(p.narrow(0, 0, 1), pPlus.narrow(0, 0, 1), matches.narrow(0, 0, 1), queue);
        var before = ProcessMemory.PeakMib();
        var seconds = Seconds(p, pPlus, matches, queue);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "pixel-loss",
            batch,
            positions,
            queue = queueSize,
            threads,
            logits_mib = (double)batch * positions * queueSize * sizeof(float) / 1048576,
            inputs_mib = 2.0 * batch * positions * Width * sizeof(float) / 1048576,
            seconds,
            peak_above_start_mib = ProcessMemory.PeakMib() - before,
        }));
        return 0;
    }

    private static double Seconds(Tensor p, Tensor pPlus, Tensor matches, Tensor queue)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var loss = PixelLoss.Compute(p, pPlus, matches, queue, new CaclOptions().Temperature);
        _ = autograd.grad([loss], [p]);
        return clock.Elapsed.TotalSeconds;
    }
}
