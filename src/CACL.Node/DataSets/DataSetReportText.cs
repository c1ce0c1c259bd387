using CACL.Data.DataSets;
using CACL.Data.DataSets.Checking;
using CACL.Data.Wording;

namespace CACL.Node.DataSets;

/// <summary>Writes a check's report as text: a line for each split, a table of classes, notes, faults.</summary>
internal static class DataSetReportText
{
    private const int FirstFaults = 20;
    private const int MostSizes = 3;

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="allFaults">Whether to write all faults, and not only the first ones.</param>
    /// <param name="output">Standard output.</param>
    public static void Write(DataSetReport report, bool allFaults, TextWriter output)
    {
        output.WriteLine($"{SegmentationDataSets.Word(report.Kind)} {report.Root}: {report.Classes.Count} classes, "
            + $"{report.Splits.Sum(s => s.Pairs):N0} pairs read in {report.Seconds:0.0} s");
        foreach (var split in report.Splits)
        {
            output.WriteLine($"  {split.Split,-8} {split.Pairs,7:N0} pairs  "
                + $"{Sizes(split)}{(split.Sha256 is { } hash ? $"  sha256 {hash[..12]}…" : "")}");
        }

        if (report.Splits.Any(s => s.Pairs > 0)) WriteClasses(report, output);
        foreach (var note in report.Notes) output.WriteLine(note);
        WriteFaults(report.Faults, allFaults ? int.MaxValue : FirstFaults, output);
    }

    private static string Sizes(SplitReport split)
    {
        var named = string.Join(", ", split.Sizes.Take(MostSizes).Select(
            s => split.Sizes.Count == 1 ? $"{s.Width}×{s.Height}" : $"{s.Width}×{s.Height} ({s.Images:N0})"));
        return split.Sizes.Count > MostSizes ? $"{named} and {split.Sizes.Count - MostSizes:N0} sizes more" : named;
    }

    private static void WriteClasses(DataSetReport report, TextWriter output)
    {
        var names = Math.Max("left out".Length, report.Classes.Max(c => c.Name.Length));
        output.WriteLine();
        output.WriteLine($"  {"class".PadRight(names + 5)}{string.Concat(report.Splits.Select(s => $"{s.Split + " %",11}{"images",9}"))}");
        for (var c = 0; c < report.Classes.Count; c++)
        {
            var splits = report.Splits.Select(
                s => $"{Share(s.Classes[c].Pixels, s.Pixels - s.LeftOutPixels),11}{s.Classes[c].Images,9:N0}");
            output.WriteLine($"  {c,3}  {report.Classes[c].Name.PadRight(names)}{string.Concat(splits)}");
        }

        var leftOut = report.Splits.Select(s => $"{Share(s.LeftOutPixels, s.Pixels),11}{"",9}");
        output.WriteLine($"       {"left out".PadRight(names)}{string.Concat(leftOut)}");
        output.WriteLine("  Classes in % of the pixels that have one, what is left out in % of all.");
        output.WriteLine();
    }

    private static string Share(long part, long whole) => part == 0 ? "-" : Percent.Number((double)part / whole, 3);

    private static void WriteFaults(IReadOnlyList<DataSetFault> faults, int most, TextWriter output)
    {
        if (faults.Count == 0)
        {
            output.WriteLine("No faults.");
            return;
        }

        output.WriteLine($"{Counted.Of(faults.Count, "fault")}:");
        foreach (var fault in faults.Take(most)) output.WriteLine($"  {fault.Split}: {fault.Message}");
        if (faults.Count > most) output.WriteLine($"  … and {faults.Count - most:N0} more: --all names them all, --json, too.");
    }
}
