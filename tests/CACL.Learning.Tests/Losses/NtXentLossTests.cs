using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Losses;

public sealed class NtXentLossTests
{
    [Theory]
    [InlineData(2, 8, 0.1)]
    [InlineData(7, 32, 0.1)]
    [InlineData(5, 16, 0.5)]
    [InlineData(3, 16, 0.005)] // e^(1/τ) does not fit into float32
    public void The_loss_and_its_gradient_are_those_of_every_view_in_turn(int pairs, int width, double temperature)
    {
        using var scope = NewDisposeScope();
        var z = Alike(1, pairs, width).requires_grad_();

        var (loss, top1) = NtXentLoss.Compute(z, temperature);
        var gradient = autograd.grad([loss], [z])[0];

        // In float64, written out: −log(e^(z_i·z_j/τ) / Σ_{k≠i} e^(z_i·z_k/τ)), j the other view of i's pair.
        var exact = z.detach().to(float64).requires_grad_();
        var sum = zeros([], float64);
        var first = 0;
        for (var i = 0; i < 2 * pairs; i++)
        {
            var j = (i + pairs) % (2 * pairs);
            Tensor Logit(int k) => exact[i].dot(exact[k]) / temperature;
            long[] others = [.. Enumerable.Range(0, 2 * pairs).Where(k => k != i).Select(k => (long)k)];
            var logits = stack([.. others.Select(k => Logit((int)k))]);
            sum += logits.logsumexp(0) - Logit(j);
            if (others[logits.argmax().item<long>()] == j) first++;
        }

        var expected = sum / (2 * pairs);
        Close(expected, loss);
        Close(autograd.grad([expected], [exact])[0], gradient);
        Assert.Equal((float)first / (2 * pairs), top1.item<float>());
        Assert.InRange(first, 1, 2 * pairs);
    }

    [Fact]
    public void Neither_the_order_of_the_pairs_nor_that_of_their_views_changes_it()
    {
        using var scope = NewDisposeScope();
        var (v, plus) = (Alike(1, 6, 16).narrow(0, 0, 6), Alike(1, 6, 16).narrow(0, 6, 6));
        var order = tensor([4L, 2, 0, 5, 1, 3]);
        var (expected, share) = NtXentLoss.Compute(cat([v, plus]), 0.1);
        foreach (var other in new[] { cat([plus, v]), cat([v.index_select(0, order), plus.index_select(0, order)]) })
        {
            var (loss, top1) = NtXentLoss.Compute(other, 0.1);
            Close(expected, loss);
            Assert.Equal(share.item<float>(), top1.item<float>());
        }
    }

    [Fact]
    public void It_is_chance_where_all_are_alike_and_keeps_its_digits_where_pairs_are_found()
    {
        using var scope = NewDisposeScope();
        var same = Alike(1, 1, 16).narrow(0, 0, 1).expand(10, 16).contiguous();
        Assert.Equal(Math.Log(9), NtXentLoss.Compute(same, 0.1).Loss.item<float>(), 1e-5);

        // Pairs of equal vectors, all pairs orthogonal: log(1 + (2B − 2)·e^(−1/τ)).
        var found = cat([eye(4), eye(4)]);
        var (loss, top1) = NtXentLoss.Compute(found, 0.05);
        Assert.Equal(1, Math.Log(1 + (6 * Math.Exp(-20))) / loss.item<float>(), 1e-4);
        Assert.Equal(1f, top1.item<float>());
    }

    // Unit vectors [2B,D], of which those of a pair have something in common.
    private static Tensor Alike(ulong seed, int pairs, int width)
    {
        var shared = randn([pairs, width], generator: new Generator(seed));
        Tensor View(ulong of) => shared + randn([pairs, width], generator: new Generator(seed + of));
        return nn.functional.normalize(cat([View(10), View(20)]), dim: -1);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = (expected - actual).abs().max().to(float64).item<double>();
        Assert.True(worst <= 2e-5 * (1 + expected.abs().max().to(float64).item<double>()), $"differs by {worst}");
    }
}
