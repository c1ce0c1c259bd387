using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Losses;

/// <summary>Tests PixPro's loss against pairs found one by one and whole matrices under autograd.</summary>
public sealed class PropagationLossTests
{
    private const double Distance = 0.7;

    [Fact]
    public void The_same_box_pairs_each_cell_with_the_cell_that_shows_the_same_place()
    {
        using var scope = NewDisposeScope();
        // Two rows of three square cells. Neighbours are 0.707 diagonals apart, a little too far.
        float[] box = [10, 20, 60, 40, 0];
        float[] mirrored = [10, 20, 60, 40, 1];
        Assert.Equal([0, 1, 2, 3, 4, 5], PartnersOf(box, box, 2, 3));
        Assert.Equal([2, 1, 0, 5, 4, 3], PartnersOf(box, mirrored, 2, 3));
        Assert.Equal([2, 1, 0, 5, 4, 3], PartnersOf(mirrored, box, 2, 3));
        Assert.Equal([0, 1, 2, 3, 4, 5], PartnersOf(mirrored, mirrored, 2, 3));

        // Where cells are twice as wide as high, those above and below are 0.447 diagonals away.
        float[] flat = [0, 0, 120, 40, 0];
        var near = Positives(flat, flat, 2, 3);
        Assert.Equal([1.0, 0, 0, 1, 0, 0], near[0].data<double>().ToArray());
        Assert.Equal(12, near.sum().item<double>());
    }

    [Fact]
    public void Boxes_that_do_not_overlap_pair_nothing()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, Positives([0, 0, 40, 40, 0], [200, 0, 40, 40, 1], 4, 4).sum().item<double>());
    }

    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 6, 2)]
    public void Positive_pairs_are_those_of_near_centres_whatever_the_boxes_and_flips(int seed, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        // Boxes of several sizes in a frame of 300×200 pixels: some overlap in part, some not at all, the last ones fully.
        float[] Box() => [random.Next(100), random.Next(60), random.Next(30, 200), random.Next(30, 140), random.Next(2)];
        float[][] of = [.. Enumerable.Range(0, 12).Select(_ => Box()), [40, 40, 60, 50, 1]];
        float[][] plus = [.. Enumerable.Range(0, 12).Select(_ => Box()), [20, 20, 120, 110, 0]];
        var found = PropagationLoss.Positives(Tensor([.. of, .. plus]), (rows, columns), Distance);

        Assert.Equal([13L, rows * columns, rows * columns], found.shape);
        var all = found.data<double>().ToArray();
        var (pairs, at) = (0, 0);
        for (var sample = 0; sample < of.Length; sample++)
        {
            for (var i = 0; i < rows * columns; i++)
            {
                for (var j = 0; j < rows * columns; j++)
                {
                    var ((x, y), (xPlus, yPlus)) = (Centre(of[sample], i), Centre(plus[sample], j));
                    var larger = Math.Max(Diagonal(of[sample]), Diagonal(plus[sample]));
                    var near = Math.Sqrt(((x - xPlus) * (x - xPlus)) + ((y - yPlus) * (y - yPlus))) / larger < Distance;
                    Assert.Equal(near ? 1 : 0, all[at++]);
                    pairs += near ? 1 : 0;
                }
            }
        }

        Assert.InRange(pairs, 1, all.Length - 1);

        (double X, double Y) Centre(float[] box, int cell)
        {
            var (row, column) = (cell / columns, cell % columns);
            if (box[4] == 1) column = columns - 1 - column;
            return (box[0] + ((column + 0.5) * box[2] / columns), box[1] + ((row + 0.5) * box[3] / rows));
        }

        double Diagonal(float[] box) => Math.Sqrt(Math.Pow((double)box[2] / columns, 2) + Math.Pow((double)box[3] / rows, 2));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(3.5)]
    public void The_loss_and_its_gradient_are_those_of_whole_matrices(double sharpness)
    {
        using var scope = NewDisposeScope();
        var (x, g, target) = (Unit(1).requires_grad_(), Unit(2).requires_grad_(), Unit(3));

        var (loss, matched) = PropagationLoss.Compute(x, g, target, Tensor(SomeBoxes), (Rows, Columns), Distance, sharpness);
        var gradients = autograd.grad([loss], [x, g]);

        var y = nn.functional.normalize(x.matmul(x.transpose(1, 2)).clamp_min(0).pow(sharpness).matmul(g), dim: 2);
        var positive = PropagationLoss.Positives(Tensor(SomeBoxes), (Rows, Columns), Distance).to(float32);
        Tensor OneWay(Tensor of, Tensor to, Tensor pairs) =>
            ((of.matmul(to.transpose(1, 2)) * pairs).sum([1, 2]) / (pairs.sum([1, 2]) + 1e-6)).mean().mul(-2);
        var expected = OneWay(y.narrow(0, 0, 3), target.narrow(0, 3, 3), positive)
            + OneWay(y.narrow(0, 3, 3), target.narrow(0, 0, 3), positive.transpose(1, 2));
        Close(expected, loss);
        foreach (var (wanted, found) in autograd.grad([expected], [x, g]).Zip(gradients)) Close(wanted, found);
        Close(y.detach(), nn.functional.normalize(PropagationLoss.Propagate(x, g, sharpness), dim: 2));

        // The last pair's views have nothing in common.
        Assert.Equal(2 / 3f, matched.item<float>(), 1e-6f);
        foreach (var gradient in gradients)
        {
            Assert.Equal(0, gradient.view(2, 3, -1).select(1, 2).abs().max().item<float>());
            Assert.True(gradient.view(2, 3, -1).select(1, 1).abs().max().item<float>() > 0);
        }
    }

    [Fact]
    public void It_does_not_depend_on_how_many_samples_are_treated_at_once()
    {
        using var scope = NewDisposeScope();
        var (x, g, target) = (Unit(1), Unit(2), Unit(3));
        (Tensor Loss, Tensor Gradient, Tensor Matched) InParts(int samples) => LossScripts.Functions.CallForThree(
            "propagation_loss", x, g, target, Tensor(SomeBoxes), Rows, Columns, Distance, 2.0, samples);
        var (whole, parts) = (InParts(3), InParts(2));
        Close(whole.Loss, parts.Loss);
        Close(whole.Gradient, parts.Gradient);
        Close(whole.Matched, parts.Matched);
    }

    private const int Rows = 3;
    private const int Columns = 4;

    // The same box, mirrored in one view; boxes that overlap in part; boxes that do not.
    private static readonly float[][] SomeBoxes =
    [
        [0, 0, 80, 60, 0], [10, 10, 70, 90, 1], [0, 0, 50, 50, 0],
        [0, 0, 80, 60, 1], [40, 5, 90, 60, 0], [300, 0, 60, 50, 0],
    ];

    private static Tensor Tensor(float[][] boxes) => tensor(boxes.SelectMany(box => box).ToArray(), [boxes.Length, 5]);

    private static Tensor Positives(float[] box, float[] plus, int rows, int columns) =>
        PropagationLoss.Positives(Tensor([box, plus]), (rows, columns), Distance)[0];

    // The one partner of each cell.
    private static long[] PartnersOf(float[] box, float[] plus, int rows, int columns)
    {
        var near = Positives(box, plus, rows, columns);
        Assert.Equal(rows * columns, near.sum().item<double>());
        Assert.Equal(1, near.sum(1).min().item<double>());
        return near.argmax(1).data<long>().ToArray();
    }

    private static Tensor Unit(ulong seed) =>
        nn.functional.normalize(randn([6, Rows * Columns, 8], generator: new Generator(seed)) + 0.3, dim: -1);

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = (expected - actual).abs().max().item<float>();
        Assert.True(worst <= 2e-5f * (1 + expected.abs().max().item<float>()), $"differs by {worst}");
    }
}
