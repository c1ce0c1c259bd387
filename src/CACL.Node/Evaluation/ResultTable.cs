using System.Globalization;
using CACL.Data.Wording;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>Writes a result for people.</summary>
internal static class ResultTable
{
    /// <summary>Writes a line for each class, then the means.</summary>
    public static void Write(EvaluationResult result, TextWriter output)
    {
        var width = Math.Max(10, result.Classes.Max(c => c.Length));
        for (var c = 0; c < result.Classes.Length; c++) output.WriteLine($"{result.Classes[c].PadRight(width)}  {Share(result.Iou[c])}");
        output.WriteLine(new string('-', width + 8));
        output.WriteLine($"{"mIoU".PadRight(width)}  {Share(result.Miou)}");
        output.WriteLine($"{"mAcc".PadRight(width)}  {Share(result.Macc)}");
        output.WriteLine($"{"aAcc".PadRight(width)}  {Share(result.Aacc)}");
        var (train, test) = (result.Manifest.Dataset.Train, result.Manifest.Dataset.Test);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Manifest.Protocol["name"]}, {result.Manifest.Protocol["variant"]}: {Learnt(result.Manifest.Protocol)} "
                + $"{train.Images} images of {train.Split}, scored on {test.Images} of {test.Split}; {result.Seconds:0.0} s"));
        foreach (var note in result.Notes) output.WriteLine($"Beware: {note}");
    }

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
