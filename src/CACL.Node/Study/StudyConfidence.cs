using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Weights;
using CACL.Node.Evaluation;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>How far a row's scores, the means over its seeds, depend on the test images: 95 % intervals.</summary>
/// <param name="Miou">Of mIoU, 0 to 1.</param>
/// <param name="Macc">Of mAcc.</param>
/// <param name="Aacc">Of aAcc.</param>
/// <param name="More">By how much its mIoU exceeds that of the row it is compared with; null for that row, or if images cannot be
/// paired.</param>
/// <param name="MoreWithin">The interval of this difference, paired: the same resampled images for both rows.</param>
internal sealed record RowConfidence(Interval? Miou, Interval? Macc, Interval? Aacc, double? More = null, Interval? MoreWithin = null);

/// <summary>
/// Resamples the test images of a study's results. All results on a data set are resampled alike, so that means over seeds and differences
/// between rows are paired. What was computed for a file is kept.
/// </summary>
/// <param name="resamples">The number of resamples.</param>
/// <param name="seed">Seed of the draws.</param>
internal sealed class StudyConfidence(int resamples, ulong seed)
{
    private readonly Dictionary<(string File, DateTime Written), Resampled?> _known = [];
    private readonly SortedSet<string> _faults = new(StringComparer.Ordinal);
    private int _images = int.MaxValue;

    /// <summary>Returns what resamples according to the settings, or null if they want no intervals.</summary>
    public static StudyConfidence? Of(EvaluationProtocolSettings settings) =>
        settings.BootstrapResamples > 0 ? new StudyConfidence(settings.BootstrapResamples, settings.Seed) : null;

    /// <summary>Returns a row's intervals at the end of its trainings; null if its results do not allow any.</summary>
    public RowConfidence? Of(StudyTable table, StudyRow row, StudyRow reference)
    {
        var values = table.Last(row);
        if (Mean(values) is not { } found) return values is [{ Result.Intervals.Count: > 0 } only] ? Own(only.Result) : null;
        var confidence = new RowConfidence(Interval.Of(found.Miou), Interval.Of(found.Macc), Interval.Of(found.Aacc));
        if (row == reference || Mean(table.Last(reference)) is not { } other) return confidence;
        if (!found.Images.SequenceEqual(other.Images)) return confidence;
        return confidence with
        {
            More = (StudyTable.Percent(values, r => r.Miou)?.Mean - StudyTable.Percent(table.Last(reference), r => r.Miou)?.Mean) / 100,
            MoreWithin = Interval.Of(found.Miou.Zip(other.Miou, (mine, others) => mine - others)),
        };
    }

    /// <summary>Returns what readers of the intervals should know.</summary>
    /// <param name="compared">Whether there are differences among them.</param>
    public string Explanation(bool compared)
    {
        var bold = compared ? " Differences are of the same resampled images; one in bold is clear of zero." : "";
        var few = _images < ResultIntervals.FewImages ? $" Over so few images ({_images}) they are too narrow." : "";
        var faults = string.Concat(_faults.Select(fault => $" {fault}"));
        return FormattableString.Invariant($"95 % intervals over the test images, by {resamples:N0} bootstrap resamples.{bold} They tell ")
            + "what other test images could change, not what other seeds could: only a difference that is large beside both is one."
            + $"{few}{faults}";
    }

    private static RowConfidence Own(StudyResult result)
    {
        return new RowConfidence(Of("miou"), Of("macc"), Of("aacc"));

        Interval? Of(string score) => result.Intervals.TryGetValue(score, out var interval) ? interval : null;
    }

    // Every seed's result is resampled alike, so the mean over seeds is that of one resample.
    private Resampled? Mean(IReadOnlyList<StudyValue> values)
    {
        var all = values.Select(v => Of(v.Counts)).ToList();
        if (all.Count == 0 || all.Any(r => r is null || !r.Images.SequenceEqual(all[0]!.Images))) return null;
        return new Resampled(all[0]!.Images, Average(r => r.Miou), Average(r => r.Macc), Average(r => r.Aacc));

        double[] Average(Func<Resampled, double[]> score) =>
            [.. Enumerable.Range(0, resamples).Select(i => all.Average(r => score(r!)[i]))];
    }

    private Resampled? Of(string file)
    {
        if (!File.Exists(file)) return null;
        var key = (file, File.GetLastWriteTimeUtc(file));
        if (!_known.TryGetValue(key, out var known)) _known[key] = known = Resample(file);
        return known;
    }

    private Resampled? Resample(string file)
    {
        try
        {
            var (counts, images) = ImageCountsFile.Read(file);
            if (images.Count == 0) return null;
            _images = Math.Min(_images, images.Count);
            var scores = Bootstrap.Scores(counts, resamples, seed);
            return new Resampled(
                images, [.. scores.Select(s => s.MeanIou)], [.. scores.Select(s => s.MeanAccuracy)], [.. scores.Select(s => s.Accuracy)]);
        }
        catch (SafeTensorsException e)
        {
            _faults.Add($"{e.Message.TrimEnd('.')}: that result is not compared.");
            return null;
        }
    }

    /// <summary>The scores of each resample of one result, or of the mean of several.</summary>
    private sealed record Resampled(IReadOnlyList<string> Images, double[] Miou, double[] Macc, double[] Aacc);
}
