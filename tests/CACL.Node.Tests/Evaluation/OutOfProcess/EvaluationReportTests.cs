using System.Text.Json;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Testing;

namespace CACL.Node.Tests.Evaluation.OutOfProcess;

public sealed class EvaluationReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Results_measured_alike_share_a_table_and_others_are_told_apart()
    {
        Write("one", Done(10, 0.25, "\"epochs\":5,\"name\":\"linear\""), Done(20, 0.5, "\"name\":\"linear\",\"epochs\":5"));
        Write("two", Done(20, 0.75, "\"name\":\"linear\",\"epochs\":5"), Done(30, 0.8, "\"name\":\"linear\",\"epochs\":20"));
        var text = Text("one", "two");
        var lines = text.Split('\n');
        Assert.Equal(["10", "20", "20"], lines[1..4].Select(l => l.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1].Trim()));
        Assert.Contains("25.0 %", lines[1], StringComparison.Ordinal);
        Assert.Contains("Not to be compared with the first table: protocol.epochs is 20, not 5.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Undefined_numbers_and_failures_are_shown()
    {
        Write("one", Done(10, null, "\"name\":\"linear\""), """{"time":"t","step":20,"dataset":"camvid","protocol":"linear","variant":"quick","trigger":"at-end","status":"failed","error":"out of memory, twice","attempts":2}""");
        var text = Text("one");
        Assert.Contains(" - ", text, StringComparison.Ordinal);
        Assert.Matches(@"Failed:\n.*step 20  camvid  linear, quick  out of memory, twice\n", text);
        using var csv = new StringWriter();
        EvaluationReport.WriteCsv(Read("one"), csv);
        Assert.Contains(",failed,,,,,t,\"out of memory, twice\"", csv.ToString(), StringComparison.Ordinal);
        using var json = new StringWriter();
        EvaluationReport.WriteJson(Read("one"), json);
        Assert.Equal([1, null], JsonDocument.Parse(json.ToString()).RootElement.EnumerateArray().Select(
            e => e.GetProperty("table").ValueKind == JsonValueKind.Null ? (int?)null : e.GetProperty("table").GetInt32()));
    }

    [Fact]
    public void Intervals_are_shown_beside_the_scores_of_the_lines_that_have_them()
    {
        var old = Done(10, 0.25, "\"name\":\"linear\"");
        Write("one", old);
        Assert.DoesNotContain("intervals", Text("one"), StringComparison.Ordinal);
        var measured = Done(20, 0.5, "\"name\":\"linear\"");
        Write("one", old, measured[..^1] + """
            ,
            "intervals":{"miou":[0.4375,0.5625],"macc":null,"aacc":[0.5,0.75],"iou":[[0,1]]}}
            """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        var text = Text("one");
        Assert.Matches(@" 25\.0 % +50\.0 % +50\.0 % +10 s\n", text);
        Assert.Matches(@" 50\.0 % \(43\.8 to 56\.3\)  50\.0 %  50\.0 % \(50\.0 to 75\.0\)  10 s\n", text);
        Assert.EndsWith("\nIn brackets: 95 % intervals over the test images.\n", text, StringComparison.Ordinal);
        using var csv = new StringWriter();
        EvaluationReport.WriteCsv(Read("one"), csv);
        Assert.Equal(
            [",miou_low,miou_high,macc_low,macc_high,aacc_low,aacc_high", ",,,,,,", ",0.4375,0.5625,,,0.5,0.75"],
            csv.ToString().TrimEnd().Split('\n').Select(line => string.Concat(line.Split(',')[^6..].Select(cell => $",{cell}"))));
    }

    [Fact]
    public void A_line_that_a_crash_cut_off_is_passed_over()
    {
        Write("one", Done(10, 0.5, ""), "{\"step\":2");
        Assert.Single(Assert.Single(Read("one").Tables));
    }

    [Fact]
    public void A_run_that_is_not_there_is_told() =>
        Assert.Contains(
            "There is no run folder", Assert.Throws<Runs.Folder.RunFolderException>(() => Read("none")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_without_evaluations_is_told()
    {
        Write("one");
        Assert.Equal("No evaluation was recorded yet.\n", Text("one"));
    }

    private static string Done(long step, double? miou, string protocol) =>
        $$"""{"time":"t","step":{{step}},"dataset":"camvid","protocol":"linear","variant":"quick","trigger":"at-end","status":"done","error":null,"attempts":1,"miou":{{miou?.ToString() ?? "null"}},"macc":0.5,"aacc":0.5,"seconds":9.6,"manifest":{"dataset":{"kind":"folder"},"protocol":{ {{protocol}} } } }""";

    private void Write(string run, params string[] lines)
    {
        Directory.CreateDirectory(_folder.File(run));
        File.WriteAllText(_folder.File(run, "evaluations.jsonl"), string.Concat(lines.Select(l => l + "\n")));
    }

    private EvaluationResults Read(params string[] runs) => EvaluationResults.Read([.. runs.Select(r => _folder.File(r))]);

    private string Text(params string[] runs)
    {
        using var text = new StringWriter();
        EvaluationReport.WriteText(Read(runs), text);
        return text.ToString();
    }
}
