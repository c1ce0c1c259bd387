using System.Globalization;
using CACL.Data.Wording;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>Writes a result for people.</summary>
internal static class ResultTable
{
    /// <summary>Writes a line for each class, then the means, each with its interval if there are any.</summary>
    public static void Write(EvaluationResult result, TextWriter output)
    {
        var (width, intervals) = (Math.Max(10, result.Classes.Max(c => c.Length)), result.Intervals);
        for (var c = 0; c < result.Classes.Length; c++) Line(result.Classes[c], result.Iou[c], intervals?.Iou[c]);
        output.WriteLine(new string('-', width + (intervals is null ? 8 : 24)));
        Line("mIoU", result.Miou, intervals?.Miou);
        Line("mAcc", result.Macc, intervals?.Macc);
        Line("aAcc", result.Aacc, intervals?.Aacc);
        var (train, test) = (result.Manifest.Dataset.Train, result.Manifest.Dataset.Test);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Manifest.Protocol["name"]}, {result.Manifest.Protocol["variant"]}: {Learnt(result.Manifest.Protocol)} "
                + $"{train.Images} images of {train.Split}, scored on {test.Images} of {test.Split}; {result.Seconds:0.0} s"));
        if (intervals is not null) output.WriteLine(Explanation(intervals));
        if (result.Sweep is { } sweep) SweepTable.Write(sweep, output);
        foreach (var note in result.Notes) output.WriteLine($"Beware: {note}");

        void Line(string name, double? share, double[]? ends) =>
            output.WriteLine($"{name.PadRight(width)}  {Share(share)}{Between(ends)}");
    }

    private static string Explanation(ResultIntervals intervals)
    {
        var few = intervals.Images < ResultIntervals.FewImages ? $"; over {Counted.Of(intervals.Images, "image")} it is too narrow" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Beside each score: {Percent.Whole(intervals.Level)} interval over the test images, by {intervals.Resamples:N0} bootstrap "
                + $"resamples{few}.");
    }

    private static string Between(double[]? ends) =>
        ends is [var low, var high] ? $"  {Percent.Number(low, 2),5} to {Percent.Number(high, 2),5}" : "";

    private static string Learnt(IReadOnlyDictionary<string, object> protocol) => protocol["name"] switch
    {
        EvaluationProtocols.Clusters when protocol["assignment"] is "majority" =>
            $"{protocol["clusters"]} clusters, each for the class of most of its pixels, found without labels in",
        EvaluationProtocols.Clusters => $"{protocol["clusters"]} clusters, each for a class of its own, found without labels in",
        EvaluationProtocols.Neighbours => $"the {protocol["neighbours"]} nearest pixels vote, from",
        _ => "learnt from",
    };

    private static string Share(double? share) => (share is { } s ? Percent.Number(s, 2) : "-").PadLeft(6);
}
