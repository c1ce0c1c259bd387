using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using CACL.Learning.Runtime;
using TorchSharp;

namespace CACL.Benchmarks;

/// <summary>
/// Runs operations with scalars while another thread collects garbage all the time: docs/decisions/0007. Built with
/// -p:KeepScalarsAlive=false some fail, since the scalar is freed before libtorch reads it; in the product's build none may fail.
/// </summary>
internal static class ScalarBenchmark
{
    public static int Run(Options options)
    {
        LibTorchLoader.Load();
        var limit = TimeSpan.FromSeconds(options["seconds", 20]);
        var (done, collections) = (false, 0);
        var collector = new Thread(() =>
        {
            for (; !Volatile.Read(ref done); collections++)
            {
                GC.Collect(0);
                Thread.SpinWait(20_000);
            }
        });
        using var scope = torch.NewDisposeScope();
        var (sum, ones, numbers) = (torch.zeros(8, torch.int64), torch.ones(8, torch.int64), torch.zeros(8));
        var (calls, failed, first) = (0L, 0L, "");
        collector.Start();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < limit; calls += 3)
        {
            try
            {
                sum.add_(ones);
                numbers.fill_(1);
                numbers.mul_(2.5);
            }
            catch (ExternalException fault)
            {
                failed++;
                first = TorchError.Sentence(fault.Message);
            }
        }

        Volatile.Write(ref done, true);
        collector.Join();
        Console.WriteLine(JsonSerializer.Serialize(new { command = "scalars", calls, collections, failed, fault = first }));
        return failed == 0 ? 0 : 1;
    }
}
