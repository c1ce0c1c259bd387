using System.Diagnostics;
using System.Globalization;
using CACL.Http.Dashboard;
using CACL.Testing;
using CsCheck;

namespace CACL.Http.Tests.Dashboard;

public sealed class MetricsHistoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;
    private readonly MetricsHistory _history;

    public MetricsHistoryTests()
    {
        _file = _folder.File("metrics.jsonl");
        _history = new MetricsHistory(_file);
    }

    public void Dispose()
    {
        _history.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void However_few_the_points_none_is_missing_from_smallest_largest_and_mean()
    {
        var file = Gen.Select(Gen.Double[-1e6, 1e6].Array[1, 60], Gen.Int[1, 40], Gen.Int[0, 70], Gen.Int[0, 70], Gen.Int[1, 3]);
        file.Sample(
            (values, points, from, to, gap) =>
            {
                File.WriteAllLines(_file, values.Select((value, i) => Line(1 + (i * gap), value)));
                using var history = new MetricsHistory(_file);
                var range = Over(history, from, to, points);
                var inRange = values.Where((_, i) => 1 + (i * gap) >= from && 1 + (i * gap) <= to).ToList();
                var found = range.Series.FirstOrDefault(s => s.Name == "loss").Points ?? [];
                Assert.True(found.Count <= points);
                Assert.Equal(inRange.Count == 0, found.Count == 0);
                if (inRange.Count == 0) return;
                Assert.Equal((inRange.Min(), inRange.Max()), (found.Min(p => p.Min), found.Max(p => p.Max)));
                Each.Holds(found, p => Assert.True(p.Min <= p.Mean + 1e-6 && p.Mean <= p.Max + 1e-6 && p.Step >= from && p.Step <= to));
                Assert.Equal(found.Select(p => p.Step).Distinct().Order(), found.Select(p => p.Step));
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Stretches_that_were_joined_for_want_of_room_have_lost_nothing()
    {
        Gen.Double[-10, 10].Array[1, 100].Sample(
            values =>
            {
                var buckets = new StepBuckets(first: 0, most: 8, width: 1);
                for (var i = 0; i < values.Length; i++)
                {
                    Assert.True(buckets.Begin(i, 100 * i));
                    buckets.Number(0, "loss"u8, values[i]);
                }

                var points = buckets.Over(0, long.MaxValue, 1000).Single().Points;
                var width = (int)buckets.Width;
                Assert.Equal(values.Chunk(width).Select(c => (c.Min(), c.Max())), points.Select(p => (p.Min, p.Max)));
                Assert.Equal(values.Chunk(width).Select(c => c.Average()), points.Select(p => p.Mean), (a, b) => Math.Abs(a - b) < 1e-9);
                Assert.Equal(100L * width, buckets.OffsetOf(width) ?? 100L * width);
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void What_is_added_is_seen_and_a_line_that_is_not_whole_yet_is_not()
    {
        Assert.Empty(Over(_history, null, null, 10).Series);
        File.WriteAllText(_file, Line(1, 3) + "\n" + Line(2, 4)[..20]);
        Assert.Equal([new MetricsPoint(1, 3, 3, 3)], Loss(_history));
        File.WriteAllText(_file, Line(1, 3) + "\n" + Line(2, 4) + "\nno JSON\n{\"step\":3}\n" + Line(4, 5) + "\n");
        Assert.Equal([1, 2, 4], Loss(_history).Select(p => p.Step));
    }

    [Fact]
    public void A_file_that_was_cut_by_a_resumed_run_is_read_anew_even_when_it_has_grown_again()
    {
        File.WriteAllLines(_file, Enumerable.Range(1, 100).Select(i => Line(i, 1)));
        Assert.Equal(100, Loss(_history).Count);
        File.WriteAllLines(_file, Enumerable.Range(1, 120).Select(i => Line(i, i > 50 ? 2 : 1)));
        Assert.Equal(120, Loss(_history).Count);
        Assert.Equal(2, Loss(_history)[99].Max);
        File.WriteAllLines(_file, Enumerable.Range(1, 10).Select(i => Line(i, 1)));
        Assert.Equal(10, Loss(_history).Count);
    }

    [Fact]
    public void A_long_run_is_told_quickly_and_exactly_where_one_looks_closely()
    {
        const int Steps = 150_000;
        const int Peak = 77_777;
        using (var writer = new StreamWriter(_file))
        {
            for (var i = 1; i <= Steps; i++) writer.Write(Line(i, i == Peak ? 1000 : i % 7) + "\n");
        }

        Loss(_history);
        var began = Stopwatch.GetTimestamp();
        var all = Over(_history, null, null, 600);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1));
        Assert.Equal((1, Steps), (all.From, all.To));
        Assert.InRange(all.Series.Single(s => s.Name == "loss").Points.Count, 300, 600);
        Assert.Equal(1000, Assert.Single(all.Series.Single(s => s.Name == "loss").Points, p => p.Max > 6).Max);
        var close = Over(_history, Peak - 2, Peak + 2, 600).Series.Single(s => s.Name == "loss").Points;
        Assert.Equal([Peak - 2, Peak - 1, Peak, Peak + 1, Peak + 2], close.Select(p => p.Step));
        Assert.Equal((1000, 1000, 1000), (close[2].Min, close[2].Max, close[2].Mean));
    }

    private static string Line(long step, double loss) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"step\":{step},\"epoch\":{step / 10.0:0.0},\"loss\":{loss:R},\"lr\":0.3,\"name\":\"x\",\"none\":null}}");

    private static List<MetricsPoint> Loss(MetricsHistory history) =>
        Over(history, null, null, 1000).Series.Single(s => s.Name == "loss").Points;

    private static MetricsRange Over(MetricsHistory history, long? from, long? to, int points) =>
        history.OverAsync(from, to, points, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
}
