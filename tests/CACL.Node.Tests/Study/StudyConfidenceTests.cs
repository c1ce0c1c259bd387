using System.Text.Json.Nodes;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Study;
using CACL.Testing;

namespace CACL.Node.Tests.Study;

public sealed class StudyConfidenceTests : IDisposable
{
    private const int Images = 40;

    private static readonly StudyDataSet Set = new("set", "folder", "/data", null, null, "linear", "quick", null);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_small_but_steady_difference_is_told_where_the_rows_own_intervals_overlap()
    {
        var (first, second) = (Row("first"), Row("second"));
        // The second is right about 10 more of each image's 1000 pixels; images differ much more from each other.
        var table = StudyTable.Of(Set, [Value(first, 0, i => 300 + (10 * i)), Value(second, 0, i => 310 + (10 * i))]);
        var confidence = new StudyConfidence(400, 1);
        var (one, other) = (confidence.Of(table, first, first)!, confidence.Of(table, second, first)!);
        Assert.True(one.Aacc!.Value.Contains(other.Aacc!.Value.Low), $"{one.Aacc} and {other.Aacc}");
        Assert.Null(one.More);
        Assert.InRange(other.MoreWithin!.Value.Low, 0.001, other.More!.Value);
        Assert.InRange(other.MoreWithin.Value.High, other.More.Value, 0.03);
        Assert.Equal(
            table.Last(second)[0].Result.Miou!.Value - table.Last(first)[0].Result.Miou!.Value, other.More.Value, 1e-12);
    }

    [Fact]
    public void Equal_networks_differ_by_nothing_and_means_over_equal_seeds_are_those_of_one()
    {
        var (first, second) = (Row("first"), Row("second"));
        var table = StudyTable.Of(
            Set, [Value(first, 0, i => 300 + (10 * i)), Value(first, 1, i => 300 + (10 * i)), Value(second, 0, i => 300 + (10 * i))]);
        var confidence = new StudyConfidence(50, 1);
        var (one, other) = (confidence.Of(table, first, second)!, confidence.Of(table, second, second)!);
        Assert.Equal(new Interval(0, 0), one.MoreWithin);
        Assert.Equal(0, one.More!.Value, 12);
        Assert.Equal((other.Miou, other.Macc, other.Aacc), (one.Miou, one.Macc, one.Aacc));
        Assert.Equal(new StudyConfidence(50, 1).Of(table, second, second), other);
    }

    [Fact]
    public void Without_counts_a_single_result_has_its_own_intervals_and_an_older_one_none()
    {
        var (first, second, third) = (Row("first"), Row("second"), Row("third"));
        var own = new Dictionary<string, Interval> { ["miou"] = new(0.4, 0.6) };
        var lone = Value(second, 0, i => 300) with { Counts = _folder.File("none") };
        var table = StudyTable.Of(
            Set,
            [
                Value(first, 0, i => 300), lone with { Result = lone.Result with { Intervals = own } },
                Value(third, 0, i => 300) with { Counts = "" },
            ]);
        var confidence = new StudyConfidence(50, 1);
        Assert.Equal(new RowConfidence(new Interval(0.4, 0.6), null, null), confidence.Of(table, second, first));
        Assert.Null(confidence.Of(table, third, first));
        Assert.Null(confidence.Of(table, Row("fourth"), first));
    }

    [Fact]
    public void Counts_of_other_images_are_not_paired_and_a_damaged_file_is_told()
    {
        var (first, second, third) = (Row("first"), Row("second"), Row("third"));
        var damaged = Value(third, 0, i => 300);
        File.WriteAllText(damaged.Counts, "no tensors");
        var table = StudyTable.Of(Set, [Value(first, 0, i => 300), Value(second, 0, i => 300, "other"), damaged]);
        var confidence = new StudyConfidence(50, 1);
        Assert.NotNull(confidence.Of(table, second, first)!.Miou);
        Assert.Null(confidence.Of(table, second, first)!.MoreWithin);
        Assert.Null(confidence.Of(table, third, first));
        Assert.Contains(damaged.Counts, confidence.Explanation(true), StringComparison.Ordinal);
        Assert.DoesNotContain("too narrow", confidence.Explanation(true), StringComparison.Ordinal);
    }

    // Half of each image's 1000 pixels are of class 0, and of either class as many are right.
    private StudyValue Value(StudyRow row, ulong seed, Func<int, int> right, string prefix = "")
    {
        var counts = new ImageCounts(2);
        for (var i = 0; i < Images; i++)
        {
            var hits = right(i) / 2;
            counts.Add([hits, 500 - hits, 500 - hits, hits]);
        }

        var file = _folder.File($"{row.Name}-{seed}.safetensors");
        new ImageCountsFile(counts, [.. Enumerable.Range(0, Images).Select(i => $"{prefix}{i}")]).Write(file);
        var scores = counts.Scores();
        return new StudyValue(
            row, seed, 10, true, Set,
            new StudyResult(scores.MeanIou, scores.MeanAccuracy, scores.Accuracy, [], [], 1, new JsonObject()))
        {
            Counts = file,
        };
    }

    private static StudyRow Row(string name) => new()
    {
        Name = name,
        Source = StudySource.Training,
        Preset = "",
        Weights = "",
        Backbone = "",
        Settings = [],
        Paper = new Dictionary<string, PaperValue>(),
    };
}
