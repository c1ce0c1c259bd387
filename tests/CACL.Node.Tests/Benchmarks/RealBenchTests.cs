using System.Text.Json.Nodes;
using CACL.Benchmarks.Suite;
using CACL.Testing;

namespace CACL.Node.Tests.Benchmarks;

/// <summary>Checks that the program and its benchmarks understand what tools/bench asks them; nothing is timed.</summary>
public sealed class RealBenchTests
{
    private static readonly string Built =
        Path.Combine(Workspace.Root, "tests", "CACL.Benchmarks", "bin", "Release", "net10.0", "linux-x64");

    [Fact]
    public void The_real_programs_take_every_measurement()
    {
        LongTests.Only("Seven trainings, and every benchmark once");
        Assert.SkipUnless(File.Exists(Path.Combine(Built, "CACL.Benchmarks.dll")), "tests/CACL.Benchmarks is not built.");
        using var folder = new TemporaryFolder();
        Command Beside(string name) => new("dotnet", Path.Combine(Built, name));
        using var output = new StringWriter();
        using var progress = new StringWriter();
        var exit = SuiteCommand.Run(
            ["--quick", "--json", folder.File("figures.json")],
            new OwnPrograms(Beside("CACL.Benchmarks.dll"), Beside("CACL.Node.dll")), output, progress);
        Assert.True(exit == 0, output + progress.ToString());
        var rows = JsonNode.Parse(File.ReadAllText(folder.File("figures.json")))!["rows"]!.AsArray();
        Assert.Equal(BenchSuite.Measurements.Select(m => m.Name), rows.Select(row => row!["group"]!.ToString()).Distinct());
        // What may be missing: something that counts calls, units for bfloat16, the verb videos prepare.
        string[] mayLack = ["calls a step", "bf16", "prepared"];
        Each.Holds(
            rows.Where(row => !mayLack.Any(row!["what"]!.ToString().Contains)),
            row => Assert.True(row!["ours"] is not null, row.ToJsonString()));
    }
}
