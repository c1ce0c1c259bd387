using System.Diagnostics;
using System.Globalization;
using CACL.Data.Processes;
using CACL.Fuzz.Tests.Running;
using CACL.Fuzz.Tests.Targets;
using CACL.Testing;

namespace CACL.Fuzz.Tests;

/// <summary>
/// Fuzzes for as long as CACL_FUZZ_SECONDS says, in a child process whose copy of the program SharpFuzz has instrumented. An input that
/// takes a branch that none took before is kept, and others are made of it. CACL_FUZZ_TARGETS names some of the targets, CACL_FUZZ_FOLDER a
/// folder for what is found.
/// </summary>
public sealed class GuidedFuzzing
{
    private const string Instrumented = "CACL_FUZZ_INSTRUMENTED";

    private static readonly string[] Assemblies = ["CACL.Data", "CACL.Learning", "CACL.Configuration", "CACL.Runs", "CACL.Http", "CACL.Node"];

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("CACL_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var some) ? some
        : LongTests.Wanted ? 20 : 0;

    private static bool IsChild => Environment.GetEnvironmentVariable(Instrumented) == "1";

    [Fact]
    public void Nothing_is_found_while_branches_guide_the_inputs()
    {
        Assert.SkipUnless(Seconds > 0 && !IsChild, "Fuzzing takes as long as CACL_FUZZ_SECONDS says: with tools/test --long, 20 seconds.");
        var copy = Path.Combine(AppContext.BaseDirectory, "instrumented");
        Copy(copy);
        foreach (var name in Assemblies)
        {
            var file = Path.Combine(copy, name + ".dll");
            SharpFuzz.Fuzzer.Instrument(file, type => type.StartsWith("CACL.", StringComparison.Ordinal), SharpFuzz.Options.Value);
        }

        var lines = new List<string>();
        var start = new ChildStartInfo(
            "dotnet", [Path.Combine(copy, "CACL.Fuzz.Tests.dll"), "-noColor", "-method", $"*{nameof(A_child_fuzzes_each_target_in_turn)}"])
        {
            Environment = new Dictionary<string, string?> { [Instrumented] = "1", ["CACL_FUZZ_SECONDS"] = $"{Seconds}" },
            Timeout = TimeSpan.FromSeconds(Seconds + 300),
            EndsWithParent = true,
            OnOutput = text => lines.Add(text.ToString()),
        };
        using var child = new ChildProcess(start, TestContext.Current.CancellationToken);
        var end = child.WaitForExit();
        foreach (var line in string.Concat(lines).Split('\n').Where(line => line.Contains(" inputs", StringComparison.Ordinal)))
            Console.WriteLine(line);
        Assert.True(end.IsSuccess, $"{end.Description}\n{string.Concat(lines)}");
    }

    [Fact]
    public void A_child_fuzzes_each_target_in_turn()
    {
        Assert.SkipUnless(IsChild, "Only in an instrumented copy of this program.");
        var folder = Environment.GetEnvironmentVariable("CACL_FUZZ_FOLDER") ?? Path.Combine(AppContext.BaseDirectory, "..", "findings");
        var names = Environment.GetEnvironmentVariable("CACL_FUZZ_TARGETS")?.Split(',') ?? [.. FuzzTargets.Names];
        var found = new List<string>();
        long inputs = 0;
        foreach (var name in names)
        {
            using var target = FuzzTargets.Make(name);
            var fuzzer = new Fuzzer(target, Corpus.Of(name, target), Environment.TickCount);
            fuzzer.Replay();
            var (began, end) = (Coverage.Branches, Stopwatch.StartNew());
            Assert.NotEqual(0, began);
            fuzzer.Run(_ => end.Elapsed.TotalSeconds < Seconds / (double)names.Length);
            inputs += fuzzer.Inputs;
            found.AddRange(fuzzer.Findings.Select(f => Corpus.Write(folder, name, f) + ": " + f.What));
            Console.WriteLine(
                $"{name}: {fuzzer.Inputs} inputs, {fuzzer.Accepted} accepted, {fuzzer.Kept} kept, branches {began} to {Coverage.Branches}, "
                + $"findings {fuzzer.Findings.Count}");
        }

        Console.WriteLine($"all: {inputs} inputs, findings {found.Count}");
        Assert.Empty(found);
    }

    private static void Copy(string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(AppContext.BaseDirectory, "runtimes"))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(AppContext.BaseDirectory, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}
