using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CACL.Data.Files;

namespace CACL.Benchmarks.Suite;

/// <summary>The machine and the versions with which a table was measured; without them its figures say nothing.</summary>
internal static partial class Machine
{
    private static readonly string[] FromDoctor = ["processor", "memory", "system", "device", "libtorch", "libraries"];

    /// <summary>Returns both, by name; what the program knows of them is from cacl doctor.</summary>
    public static JsonObject Describe(Workbench bench)
    {
        var described = new JsonObject
        {
            ["cores"] = bench.Settings.Cores,
            ["threads"] = bench.Settings.Threads,
            ["load_average"] = Load(),
        };
        var found = Doctor().Matches(Output(bench, "doctor")).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);
        foreach (var name in FromDoctor.Where(found.ContainsKey)) described[name] = found[name];
        described["cacl"] = Output(bench, "--version").Trim();
        described["peer"] = bench.Peer.Words;
        described["videos"] = bench.Clips.Words;
        described["repetitions"] = bench.Settings.Pairs;
        described["sizes"] = bench.Settings.Quick ? "very small (--quick): the figures mean nothing" : "usual";
        return described;
    }

    /// <summary>Writes it above a table.</summary>
    public static void Write(JsonObject described, TextWriter to)
    {
        foreach (var (name, value) in described) to.WriteLine($"{name.Replace('_', ' ') + ":",-14}{value}");
    }

    /// <summary>A warning where others use the machine, or null.</summary>
    public static string? Warning(JsonObject described) =>
        described["load_average"]!.GetValue<double>() is var load && load > described["cores"]!.GetValue<int>() / 2.0
            ? string.Create(
                CultureInfo.InvariantCulture, $"Something else runs on this machine (load average {load:0.0}): the figures mean little.")
            : null;

    private static double Load() => File.Exists("/proc/loadavg")
        ? double.Parse(RegularFile.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    // What is wrong with a machine is said by the measurements that it stops.
    private static string Output(Workbench bench, string argument)
    {
        try
        {
            return bench.Cacl(argument).Output;
        }
        catch (MeasurementException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"(?m)^✓ (\w+) +(.+?)\r?$")]
    private static partial Regex Doctor();
}
