using System.Text.Json.Nodes;
using CACL.Node.Study;
using CsCheck;

namespace CACL.Node.Tests.Study;

public sealed class StudyTableTests
{
    private static readonly Gen<double[]> Numbers = Gen.Double[0, 100].Array[1, 8];

    [Fact]
    public void Two_numbers_have_half_their_sum_and_their_distance_by_the_root_of_two()
    {
        var spread = Spread.Of([38, 40])!.Value;
        Assert.Equal((39, 2), (spread.Mean, spread.Count));
        Assert.Equal(Math.Sqrt(2), spread.Deviation!.Value, 12);
        Assert.Equal(new Spread(38.2, null, 1), Spread.Of([38.2]));
        Assert.Null(Spread.Of([]));
    }

    [Fact]
    public void A_spread_is_that_of_the_definition_and_does_not_depend_on_the_order() => Numbers.Sample(numbers =>
    {
        var spread = Spread.Of(numbers)!.Value;
        var mean = numbers.Average();
        Assert.Equal(mean, spread.Mean, 1e-9);
        if (numbers.Length > 1)
            Assert.Equal(Math.Sqrt(numbers.Sum(x => (x - mean) * (x - mean)) / (numbers.Length - 1)), spread.Deviation!.Value, 1e-9);
        var back = Spread.Of(numbers.Reverse())!.Value;
        Assert.Equal(spread.Mean, back.Mean, 1e-9);
        Assert.Equal(spread.Deviation ?? 0, back.Deviation ?? 0, 1e-9);
    });

    [Fact]
    public void Moving_all_numbers_moves_the_mean_and_leaves_the_deviation() =>
        Gen.Select(Numbers, Gen.Double[-1e6, 1e6]).Sample((numbers, by) =>
    {
        var (one, other) = (Spread.Of(numbers)!.Value, Spread.Of(numbers.Select(n => n + by))!.Value);
        Assert.Equal(one.Mean + by, other.Mean, 1e-6);
        Assert.Equal(one.Deviation ?? 0, other.Deviation ?? 0, 1e-6);
    });

    [Fact]
    public void A_measure_does_not_depend_on_the_order_of_its_keys_but_on_every_value()
    {
        var one = Result("""{"dataset":{"kind":"voc","classes":21},"protocol":{"epochs":3},"checkpoint":{"sha256":"a"}}""");
        var same = Result("""{"checkpoint":{"sha256":"b"},"protocol":{"epochs":3},"dataset":{"classes":21,"kind":"voc"}}""");
        var other = Result("""{"dataset":{"kind":"voc","classes":20},"protocol":{"epochs":3}}""");
        Assert.Equal(one.Measure, same.Measure);
        Assert.Empty(StudyResult.Difference(one, same));
        Assert.NotEqual(one.Measure, other.Measure);
        Assert.Equal(["dataset.classes: 21 and 20"], StudyResult.Difference(one, other));
    }

    private static StudyResult Result(string manifest) => new(0.5, 0.5, 0.5, [], [], 1, JsonNode.Parse(manifest)!.AsObject());
}
