using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Losses;

/// <summary>Tests the losses' tiled and closed forms against METHOD.md §5, written out with whole matrices under autograd.</summary>
public sealed class LossTests
{
    private const double Temperature = 0.07;

    [Theory]
    [InlineData(0.07)]
    [InlineData(0.2)]
    [InlineData(0.01)] // e^(1/τ) does not fit into float32
    public void The_pixel_loss_and_its_gradient_are_those_of_all_logits_at_once(double temperature)
    {
        using var scope = NewDisposeScope();
        var (p, plus, queue) = (Unit(1, 2, 9, 16).requires_grad_(), Unit(2, 2, 9, 16), Unit(3, 2500, 16));
        var matches = randint(0, 9, [2, 9], generator: new Generator(4));

        var loss = PixelLoss.Compute(p, plus, matches, queue, temperature);
        var gradient = autograd.grad([loss], [p])[0];

        var positive = (p * plus.gather(1, matches.unsqueeze(2).expand(2, 9, 16))).sum(2, keepdim: true);
        var logits = cat([positive, p.matmul(queue.t())], 2).flatten(0, 1) / temperature;
        var expected = nn.functional.cross_entropy(logits, zeros(18, int64));
        Close(expected, loss);
        Close(autograd.grad([expected], [p])[0], gradient);
    }

    [Fact]
    public void More_rows_and_negatives_than_a_tile_change_nothing()
    {
        using var scope = NewDisposeScope();
        var (rows, queue) = (Unit(1, 2100, 8), Unit(2, 1030, 8));
        var tile = LossScripts.TileOn(CPU);
        var (sum, mean) =
            LossScripts.Functions.CallForTwo("queue_softmax", rows, queue, Temperature, true, (int)ScalarType.Float32, tile.Rows, tile.Columns);
        var logits = rows.matmul(queue.t()) / Temperature;
        Close(logits.logsumexp(1), sum);
        Close(logits.softmax(1).matmul(queue), mean);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(Temperature, false)]
    [InlineData(0.02, false)]
    [InlineData(0.0, true)]
    [InlineData(Temperature, true)]
    public void The_cycle_with_a_constant_for_the_negatives_is_the_one_with_all_columns(double targetTemperature, bool bothFrames)
    {
        using var scope = NewDisposeScope();
        var (c, plus, queue) = (Unit(1, 3, 10, 16).requires_grad_(), Unit(2, 3, 10, 16).requires_grad_(bothFrames), Unit(3, 50, 16));
        var (u, uPlus) = (Unit(4, 3, 10, 24), Unit(5, 3, 10, 24));
        var soft = targetTemperature > 0;

        var (loss, back, entropy) =
            CycleLoss.Compute(c, plus, queue, Temperature, soft ? new(u, uPlus, targetTemperature) : null, bothFrames);

        var there = (c.matmul(plus.transpose(1, 2)) / Temperature).softmax(2);
        var columns = cat([plus.matmul(c.transpose(1, 2)), plus.matmul(queue.t())], 2) / Temperature;
        var m = there.matmul(columns.softmax(2).narrow(2, 0, 10));
        var log = (m + 1e-12).log();
        var target = (u.matmul(uPlus.transpose(1, 2)) / (soft ? targetTemperature : 1)).softmax(2);
        var expected = soft
            ? (target * (target.log() - log)).sum(2).mean()
            : -log.diagonal(0, 1, 2).mean();
        Close(expected, loss);
        Tensor[] moved = bothFrames ? [c, plus] : [c];
        foreach (var (wanted, found) in autograd.grad([expected], moved).Zip(autograd.grad([loss], moved))) Close(wanted, found);
        Close(m.detach(), CycleLoss.Matrix(c, plus, queue, Temperature));
        Close(m.argmax(2).eq(arange(10)).to(float32).mean(), back);
        Close(soft ? -(target * target.log()).sum(2).mean() / Math.Log(10) : zeros(1).sum(), entropy);
    }

    [Fact]
    public void The_global_loss_is_a_cross_entropy_and_counts_the_frames_that_win()
    {
        using var scope = NewDisposeScope();
        var (u, queue) = (Unit(1, 6, 16).requires_grad_(), Unit(3, 40, 16));
        // The positives of the first three frames are the frames themselves, those of the others their opposites.
        var plus = cat([u.narrow(0, 0, 3), -u.narrow(0, 3, 3)]).detach();

        var (loss, top1) = GlobalLoss.Compute(u, plus, queue, Temperature);

        var logits = cat([(u * plus).sum(1, keepdim: true), u.matmul(queue.t())], 1) / Temperature;
        Close(nn.functional.cross_entropy(logits, zeros(6, int64)), loss);
        Assert.Equal(0.5f, top1.item<float>());
    }

    [Fact]
    public void A_match_is_the_most_similar_pixel_and_the_first_of_equals()
    {
        using var scope = NewDisposeScope();
        var u = Unit(1, 2, 7, 16);
        var doubled = cat([u, u], 1);
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => (long)i), Correspondence.ByGlobalHead(u, doubled).select(0, 1).data<long>().ToArray());
        Assert.Equal([0L, 1, 2], Correspondence.SamePosition(2, 3, CPU).select(0, 1).contiguous().data<long>().ToArray());
    }

    private static Tensor Unit(ulong seed, params long[] shape) =>
        nn.functional.normalize(randn(shape, generator: new Generator(seed)), dim: -1);

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = (expected - actual).abs().max().item<float>();
        Assert.True(worst <= 2e-5f * (1 + expected.abs().max().item<float>()), $"differs by {worst}");
    }
}
