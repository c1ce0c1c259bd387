using System.Globalization;
using System.Text;
using CACL.Node.Display;

namespace CACL.Node.Study;

/// <summary>Writes every value of a study on a line (RFC 4180), shares from 0 to 1 as they were measured.</summary>
internal static class StudyCsv
{
    private static readonly string[] Scores = ["miou", "macc", "aacc"];

    private const string Head =
        "row,seed,step,last,dataset,kind,protocol,variant,fraction,miou,macc,aacc,iou,seconds,"
        + "paper_miou_percent,paper_macc_percent,paper_aacc_percent,measure,checkpoint_sha256,"
        + "miou_low,miou_high,macc_low,macc_high,aacc_low,aacc_high";

    /// <summary>
    /// Returns the file's text. The column iou contains the classes' values, separated by spaces, with <c>-</c> where a class does not
    /// occur.
    /// </summary>
    public static string Render(IEnumerable<StudyValue> values)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var value in values)
        {
            var paper = value.Row.Paper.GetValueOrDefault(value.DataSet.Name);
            text.AppendJoin(',', new[]
            {
                value.Row.Name, value.Seed?.ToString(CultureInfo.InvariantCulture) ?? "", $"{value.Step}", value.Last ? "yes" : "no",
                value.DataSet.Name, value.DataSet.Kind, value.DataSet.Protocol, value.DataSet.Variant, Number(value.DataSet.Fraction),
                Number(value.Result.Miou), Number(value.Result.Macc), Number(value.Result.Aacc),
                string.Join(' ', value.Result.Iou.Select(i => i is null ? "-" : Number(i))), Number(value.Result.Seconds),
                Number(paper?.Miou), Number(paper?.Macc), Number(paper?.Aacc), value.Result.MeasureId,
                value.Result.Manifest["checkpoint"]?["sha256"]?.GetValue<string>() ?? "",
            }.Concat(Scores.SelectMany(score => Ends(value.Result, score))).Select(CsvCell.Of)).Append('\n');
        }

        return text.ToString();
    }

    private static string[] Ends(StudyResult result, string score) =>
        result.Intervals.TryGetValue(score, out var interval) ? [Number(interval.Low), Number(interval.High)] : ["", ""];

    private static string Number(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
