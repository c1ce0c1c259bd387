namespace CACL.Node.Study;

/// <summary>The value of a finished evaluation.</summary>
/// <param name="Row">The row.</param>
/// <param name="Seed">The training's or the untrained network's seed; null for weights as they are.</param>
/// <param name="Step">Steps trained.</param>
/// <param name="Last">Whether it represents the row in the table, being the training's end.</param>
/// <param name="DataSet">The data set.</param>
/// <param name="Result">The result.</param>
internal sealed record StudyValue(StudyRow Row, ulong? Seed, long Step, bool Last, StudyDataSet DataSet, StudyResult Result)
{
    /// <summary>The file with the counts of each test image; it need not exist.</summary>
    public string Counts { get; init; } = "";
}

/// <summary>The mean and the spread of some numbers.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their sample standard deviation (n − 1); null for fewer than two.</param>
/// <param name="Count">Their count n.</param>
internal readonly record struct Spread(double Mean, double? Deviation, int Count)
{
    /// <summary>Returns the spread of some numbers, or null if there are none.</summary>
    public static Spread? Of(IEnumerable<double> numbers)
    {
        var all = numbers.ToList();
        if (all.Count == 0) return null;
        // Welford's algorithm: with a sum of squares, numbers that are close together would cancel.
        var (mean, squares) = (0.0, 0.0);
        for (var i = 0; i < all.Count; i++)
        {
            var off = all[i] - mean;
            mean += off / (i + 1);
            squares += off * (all[i] - mean);
        }

        return new Spread(mean, all.Count > 1 ? Math.Sqrt(squares / (all.Count - 1)) : null, all.Count);
    }
}

/// <summary>The values of a study on one data set, as far as they can be compared.</summary>
internal sealed class StudyTable
{
    private StudyTable(
        StudyDataSet set, IReadOnlyList<StudyValue> values, IReadOnlyList<StudyValue> strange, IReadOnlyList<string> difference)
    {
        DataSet = set;
        Values = values;
        Strange = strange;
        Difference = difference;
    }

    /// <summary>The data set.</summary>
    public StudyDataSet DataSet { get; }

    /// <summary>Values of the same measure.</summary>
    public IReadOnlyList<StudyValue> Values { get; }

    /// <summary>Values of another measure (other files, other settings), which must not be compared with these.</summary>
    public IReadOnlyList<StudyValue> Strange { get; }

    /// <summary>The differences of the first of them, one per line.</summary>
    public IReadOnlyList<string> Difference { get; }

    /// <summary>Creates the table of a data set; its measure is the one that most values have.</summary>
    public static StudyTable Of(StudyDataSet set, IReadOnlyList<StudyValue> all)
    {
        var here = all.Where(v => v.DataSet == set).ToList();
        var measure = here.GroupBy(v => v.Result.Measure).MaxBy(g => g.Count())?.Key;
        var values = here.Where(v => v.Result.Measure == measure).ToList();
        var strange = here.Where(v => v.Result.Measure != measure).ToList();
        return new StudyTable(set, values, strange, strange.Count > 0 ? StudyResult.Difference(values[0].Result, strange[0].Result) : []);
    }

    /// <summary>Returns a row's values at the end of its trainings, by seed.</summary>
    public IReadOnlyList<StudyValue> Last(StudyRow row) => [.. Values.Where(v => v.Row == row && v.Last).OrderBy(v => v.Seed)];

    /// <summary>Returns a row's mIoU over its steps, in percent: a spread over the seeds, and the least and the largest.</summary>
    public IReadOnlyList<(long Step, Spread Miou, double Least, double Most)> Curve(StudyRow row) =>
    [
        .. Values.Where(v => v.Row == row && v.Result.Miou is not null).GroupBy(v => v.Step).OrderBy(g => g.Key)
            .Select(g => g.Select(v => 100 * v.Result.Miou!.Value).ToList())
            .Zip(
                Values.Where(v => v.Row == row && v.Result.Miou is not null).Select(v => v.Step).Distinct().Order(),
                (m, step) => (step, Spread.Of(m)!.Value, m.Min(), m.Max())),
    ];

    /// <summary>Returns the spread of a metric of some values, in percent; null if it is undefined everywhere.</summary>
    public static Spread? Percent(IEnumerable<StudyValue> values, Func<StudyResult, double?> metric) =>
        Spread.Of(values.Select(v => metric(v.Result)).OfType<double>().Select(v => 100 * v));
}
