using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Data.Files;
using CACL.Node.Devices;

namespace CACL.Benchmarks.Suite;

/// <summary>The machine and the versions with which a table was measured; without them its figures say nothing.</summary>
internal static class Machine
{
    /// <summary>Returns both, by name.</summary>
    public static JsonObject Describe(Workbench bench)
    {
        var described = new JsonObject
        {
            ["processor"] = DeviceName.Of("cpu") ?? "unknown",
            ["cores"] = bench.Settings.Cores,
            ["threads"] = bench.Settings.Threads,
            ["memory_gib"] = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0, 1),
            ["load_average"] = Load(),
            ["system"] = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            ["dotnet"] = Environment.Version.ToString(),
            ["cacl"] = Line(bench, bench.Programs.Cacl.With("--version")),
            ["ffmpeg"] = Line(bench, new Command("ffmpeg", "-version")),
            ["peer"] = bench.Peer.Words,
            ["videos"] = bench.Clips.Words,
            ["repetitions"] = bench.Settings.Pairs,
            ["sizes"] = bench.Settings.Quick ? "very small (--quick): the figures mean nothing" : "usual",
        };
        if (bench.Settings.Devices.Any(device => device != "cpu"))
            described["card"] = Line(bench, new Command("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"));
        return described;
    }

    /// <summary>Writes it above a table.</summary>
    public static void Write(JsonObject described, TextWriter to)
    {
        foreach (var (name, value) in described)
            to.WriteLine($"{name.Replace('_', ' ') + ":",-14}{value}");
    }

    /// <summary>A warning where others use the machine, or null.</summary>
    public static string? Warning(JsonObject described) =>
        described["load_average"]?.GetValue<double>() is { } load && load > described["cores"]!.GetValue<int>() / 2.0
            ? string.Create(
                CultureInfo.InvariantCulture, $"Something else runs on this machine (load average {load:0.0}): the figures mean little.")
            : null;

    private static double Load() => File.Exists("/proc/loadavg")
        ? double.Parse(RegularFile.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    private static string Line(Workbench bench, Command command)
    {
        try
        {
            return ProgramRun.Of(command, bench.Stop).Output.Split('\n')[0].Trim();
        }
        catch (MeasurementException lack)
        {
            return lack.Message;
        }
    }
}
