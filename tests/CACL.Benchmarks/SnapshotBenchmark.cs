using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;

namespace CACL.Benchmarks;

/// <summary>
/// Measures how long a training stands still for a checkpoint: the copy of all its state to the host. The first snapshot of a run allocates
/// its memory, the others reuse it.
/// </summary>
internal static class SnapshotBenchmark
{
    public static int Run(Options options)
    {
        var device = BenchmarkDevice.Of(options);
        _ = TorchThreads.Use(options["threads", 2]);
        var settings = new CaclOptions
        {
            Backbone = StepBenchmark.BackboneOf(options["depth", 18]),
            QueueSize = options["queue", 16384],
        };
        using var cacl = new CaclMethod(settings, device.Torch(), device.Precision);
        device.Settle();
        var seconds = new List<double>();
        TrainingSnapshot? snapshot = null;
        for (var taken = 0; taken <= options["times", 10]; taken++)
        {
            var began = Stopwatch.GetTimestamp();
            snapshot = cacl.Snapshot(snapshot);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        var counted = seconds.Skip(1).Order().ToList();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "snapshot",
            device = device.Name,
            backbone = settings.Backbone.ToString(),
            first_seconds = seconds[0],
            seconds = counted[counted.Count / 2],
            mib = snapshot!.Tensors.Sum(tensor => (double)tensor.Values.Length * sizeof(float)) / 1048576,
        }));
        return 0;
    }
}
