using System.Text.Json;
using CACL.Data.DataSets;
using CACL.Data.DataSets.Checking;

namespace CACL.Node.DataSets;

/// <summary>Writes a check's report as one line of JSON, with keys in snake_case.</summary>
internal static class DataSetReportJson
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Returns the line.</summary>
    public static string Of(DataSetReport report) => JsonSerializer.Serialize(
        new
        {
            Dataset = SegmentationDataSets.Word(report.Kind),
            Data = report.Root,
            report.Seconds,
            Classes = report.Classes.Select(c => new { c.Name, Color = new int[] { c.Red, c.Green, c.Blue } }),
            Splits = report.Splits.Select(split => new
            {
                split.Split,
                split.Pairs,
                split.Faults,
                split.Sha256,
                split.Sizes,
                split.Pixels,
                split.LeftOutPixels,
                Classes = split.Classes.Select((count, c) => new { report.Classes[c].Name, count.Pixels, count.Images }),
            }),
            report.Faults,
            report.Notes,
        },
        Options);
}
