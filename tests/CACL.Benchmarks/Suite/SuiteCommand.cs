using System.CommandLine;
using CACL.Learning.Runtime;
using CACL.Node.Ending;

namespace CACL.Benchmarks.Suite;

/// <summary>The command line of tools/bench.</summary>
internal static class SuiteCommand
{
    /// <summary>Reads the command line, measures, and returns the exit code.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="programs">This program.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public static int Run(string[] arguments, OwnPrograms programs, TextWriter output, TextWriter error)
    {
        var devices = List("--device", "cpu, cuda or both: cpu,cuda. With cuda the program is built for NVIDIA cards.", "NAME,…");
        var names = BenchSuite.Measurements.Select(m => m.Name).ToList();
        var only = List("--only", $"Takes these measurements only: {string.Join(", ", names)}.", "NAME,…");
        var precisions = List("--precision", "Takes steps and runs in these only: fp32, tf32 (on cards), bf16. Default: all.", "NAME,…");
        var pairs = Number("--pairs", "Repetitions, in each of which this program and the peer take turns. Default: 5, with --quick 1.");
        var threads = Number("--threads", "Threads of the tensor libraries. Default: one per core.");
        var quick = new Option<bool>("--quick") { Description = "Everything very small, to see that it works; the figures mean nothing." };
        var videos = Text("--videos", "Folder of videos to measure with. Default: clips that cacl videos make makes.", "DIR");
        var peer = Text("--peer", "Folder with peer.py and peer_gpu.py, scripts to compare with. Default: CACL_PEER.", "DIR");
        var python = Text("--python", "A Python that has PyTorch. Default: python3, then /usr/bin/python3.", "PROGRAM");
        var counter = Text(
            "--call-counter",
            "A command that runs the command after it and ends its output with \"N calls in all\". Default: CACL_CALL_COUNTER.", "COMMAND");
        var json = Text("--json", "Writes the figures of every repetition to a file, too.", "FILE");
        var root = new RootCommand("Measures how fast the program is, beside a PyTorch script where there is one. Measurements:\n"
            + string.Join('\n', BenchSuite.Measurements.Select(m => $"    {m.Name,-14}{m.Does}")))
        {
            devices, only, precisions, pairs, threads, quick, videos, peer, python, counter, json,
        };
        root.HelpName = "tools/bench";
        devices.Validators.Add(given => Known(given, ["cpu", "cuda"]));
        precisions.Validators.Add(given => Known(given, [.. Precisions.ToChooseFrom.Select(precision => precision.Word())]));
        only.Validators.Add(given => Known(given, names));
        root.SetAction(parsed =>
        {
            using var interruption = new Interruption();
            var usual = new SuiteSettings { Quick = parsed.GetValue(quick) };
            var settings = usual with
            {
                Devices = parsed.GetValue(devices) is { Length: > 0 } chosen ? chosen : usual.Devices,
                Only = parsed.GetValue(only) ?? [],
                Precisions = parsed.GetValue(precisions) ?? [],
                Pairs = parsed.GetValue(pairs) ?? usual.Size(usual.Pairs, 1),
                Threads = parsed.GetValue(threads) ?? usual.Threads,
                Videos = parsed.GetValue(videos) is { } folder ? Path.GetFullPath(folder) : null,
                Peer = parsed.GetValue(peer) ?? FromEnvironment("CACL_PEER"),
                Python = parsed.GetValue(python),
                CallCounter = parsed.GetValue(counter) ?? FromEnvironment("CACL_CALL_COUNTER"),
                Json = parsed.GetValue(json) is { } file ? Path.GetFullPath(file) : null,
            };
            if (settings.Videos is not null && !Directory.Exists(settings.Videos))
                throw new UserException($"There is no folder {settings.Videos}, which --videos names.");
            if (settings.Json is not null && !Directory.Exists(Path.GetDirectoryName(settings.Json)))
                throw new UserException($"There is no folder for {settings.Json}, which --json names.");
            try
            {
                return BenchSuite.Run(settings, programs, output, error, interruption.Token);
            }
            catch (OperationCanceledException)
            {
                error.WriteLine("Stopped.");
                return ExitCodes.Interrupted;
            }
        });
        var given = root.Parse(arguments);
        foreach (var fault in given.Errors) error.WriteLine(fault.Message);
        if (given.Errors.Count > 0) return ExitCodes.Usage;
        return given.Invoke(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
    }

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Option<string?> Text(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value };

    private static Option<string[]> List(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = given => given.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    private static Option<int?> Number(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is < 1 or > 1000) given.AddError($"{name}: expected a whole number from 1 to 1000.");
        });
        return option;
    }

    private static void Known(System.CommandLine.Parsing.OptionResult given, IReadOnlyCollection<string> known)
    {
        foreach (var name in given.GetValueOrDefault<string[]>() ?? [])
        {
            if (!known.Contains(name)) given.AddError($"{given.Option.Name}: there is no {name}. There are: {string.Join(", ", known)}.");
        }
    }
}
