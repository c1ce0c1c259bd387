using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Data.Wording;
using CACL.Node.Display;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>Writes evaluations as tables, CSV or JSON.</summary>
internal static class EvaluationReport
{
    private static readonly string[] Scores = ["miou", "macc", "aacc"];
    private static readonly string[] Columns = ["run", "step", "data set", "protocol", "mIoU", "mAcc", "aAcc", "time"];

    /// <summary>Writes a table for each way of measuring, with a sentence on how it differs from the first; then what failed.</summary>
    public static void WriteText(EvaluationResults results, TextWriter output)
    {
        if (results.Tables.Count == 0 && results.Failed.Count == 0) output.WriteLine("No evaluation was recorded yet.");
        for (var i = 0; i < results.Tables.Count; i++)
        {
            var table = results.Tables[i];
            if (i > 0)
            {
                output.WriteLine();
                output.WriteLine($"Not to be compared with the first table: {ManifestDifference.Between(results.Tables[0][0], table[0])}.");
            }

            TextTable.Write([Columns, .. table.Select(Row)], output);
        }

        if (results.Tables.SelectMany(table => table).Any(r => r.Interval("miou") is not null))
            output.WriteLine("In brackets: 95 % intervals over the test images.");

        if (results.Failed.Count == 0) return;
        if (results.Tables.Count > 0) output.WriteLine();
        output.WriteLine("Failed:");
        TextTable.Write(
            [.. results.Failed.Select(r => new[] { r.Run, $"step {r.Step}", r.Text("dataset"), Protocol(r), r.Text("error") })], output);
    }

    /// <summary>Writes a row for each line; an empty number is undefined, and a failed evaluation has no table.</summary>
    public static void WriteCsv(EvaluationResults results, TextWriter output)
    {
        output.WriteLine("table,run,step,dataset,protocol,variant,fraction,trigger,status,miou,macc,aacc,seconds,time,error,"
            + "miou_low,miou_high,macc_low,macc_high,aacc_low,aacc_high");
        foreach (var (table, result) in Numbered(results))
        {
            string[] texts =
            [
                table?.ToString(CultureInfo.InvariantCulture) ?? "", result.Run, result.Step.ToString(CultureInfo.InvariantCulture),
                result.Text("dataset"),
                result.Text("protocol"), result.Text("variant"), Exact(result, "fraction"), result.Text("trigger"), result.Text("status"),
                Exact(result, "miou"), Exact(result, "macc"), Exact(result, "aacc"), Exact(result, "seconds"), result.Text("time"),
                result.Text("error"), .. Scores.SelectMany(score => Ends(result, score)),
            ];
            output.WriteLine(string.Join(',', texts.Select(CsvCell.Of)));
        }
    }

    /// <summary>Writes an array of the lines as they are, each with its run and its table (null if it failed).</summary>
    public static void WriteJson(EvaluationResults results, TextWriter output)
    {
        var all = new JsonArray();
        foreach (var (table, result) in Numbered(results))
        {
            var line = JsonNode.Parse(result.Line.GetRawText())!.AsObject();
            line["run"] = result.Run;
            line["table"] = table;
            all.Add(line);
        }

        output.WriteLine(all.ToJsonString());
    }

    private static IEnumerable<(int? Table, EvaluationResult Result)> Numbered(EvaluationResults results) =>
        results.Tables.SelectMany((table, i) => table.Select(r => ((int?)i + 1, r))).Concat(results.Failed.Select(r => ((int?)null, r)));

    private static string[] Row(EvaluationResult r) =>
    [
        r.Run, r.Step.ToString(CultureInfo.InvariantCulture), r.Text("dataset"), Protocol(r), Share(r, "miou"), Share(r, "macc"),
        Share(r, "aacc"),
        r.Number("seconds") is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s") : "",
    ];

    private static string Protocol(EvaluationResult r) =>
        $"{r.Text("protocol")}{(r.Number("fraction") is { } share ? $" {Percent.Short(share)}" : "")}, {r.Text("variant")}";

    private static string Share(EvaluationResult r, string name) =>
        r.Number(name) is { } share ? Percent.Within(share, r.Interval(name)) : "-";

    private static string Exact(EvaluationResult r, string name) => r.Number(name)?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static IEnumerable<string> Ends(EvaluationResult r, string name) =>
        r.Interval(name) is { } ends ? ends.Select(end => end.ToString("R", CultureInfo.InvariantCulture)) : ["", ""];
}
