using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CACL.Http.Dashboard;

namespace CACL.Benchmarks;

/// <summary>
/// Measures the dashboard's requests for a long run's metrics.jsonl: the whole run, the same after one more step, and a short range.
/// </summary>
internal static class HistoryBenchmark
{
    private const int Points = 600;

    public static int Run(Options options)
    {
        var steps = options["steps", 1_000_000];
        var file = Path.Combine(Path.GetTempPath(), $"cacl-history-{Environment.ProcessId}.jsonl");
        try
        {
            using (var lines = new StreamWriter(file))
            {
                for (var step = 1; step <= steps; step++) lines.WriteLine(Line(step));
            }

            Measure(file, steps);
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Measure(string file, int steps)
    {
        using var history = new MetricsHistory(file);
        var before = ProcessMemory.PeakMib();
        var first = Seconds(history, null, null, out var range);
        var again = Seconds(history, null, null, out _);
        File.AppendAllText(file, Line(steps + 1) + "\n");
        var grown = Seconds(history, null, null, out _);
        var close = Seconds(history, steps / 2, (steps / 2) + 1000, out _);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "history",
            steps,
            file_mib = new FileInfo(file).Length / 1048576.0,
            series = range.Series.Count,
            points = range.Series.Max(s => s.Points.Count),
            first_s = first,
            again_ms = 1000 * again,
            a_step_more_ms = 1000 * grown,
            thousand_steps_ms = 1000 * close,
            peak_mib_before = before,
            peak_mib = ProcessMemory.PeakMib(),
        }));
    }

    private static double Seconds(MetricsHistory history, long? from, long? to, out MetricsRange range)
    {
        var began = Stopwatch.GetTimestamp();
        range = history.OverAsync(from, to, Points, CancellationToken.None).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    // The line is as long as a real one.
    private static string Line(int step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"step\":{step},\"epoch\":{step / 15.3125:0.######},\"loss\":{9 + Math.Sin(step)},\"loss_global\":{4 + Math.Sin(step + 1)},\"loss_pixel\":{4 + Math.Cos(step)},\"loss_cycle\":{1 + (Math.Cos(step) / 2)},\"top1_global\":0.0625,\"cycle_back\":0.0244140625,\"lr\":0.2999616286141593,\"pairs_per_s\":15.706,\"data_wait_share\":0,\"step_seconds\":1.0187,\"wait_seconds\":0,\"transfer_seconds\":0.0105,\"forward_seconds\":0.4019,\"backward_seconds\":0.5789,\"optimiser_seconds\":0.0247,\"snapshot_seconds\":0}}");
}
