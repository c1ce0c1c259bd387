using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Equations 5 and 6 and the soft cycle: attention from each pixel of the first frame to the second frame's pixels and back. On the way
/// back the queue's rows compete: since only c has a gradient, they act through one constant per row, λ_j = log Σ_k exp(c₊_j·q_k/τ). A few
/// samples are computed at a time, with the gradient in closed form, so that no graph of N×N tensors is kept.
/// </summary>
internal static class CycleLoss
{
    private const double Epsilon = 1e-12;

    // Numbers in each of the several B'×N×N tensors that are alive at the same time: 16 MiB.
    private const long ChunkNumbers = 4 << 20;

    /// <summary>
    /// Computes the loss. Hard: −mean log(M_ii + 10⁻¹²). Soft, if u and uPlus are given: the mean of KL(T ‖ M), where T is the global
    /// head's attention. Also returns the share of pixels whose most likely return is to themselves. c, cPlus, u, uPlus [B,N,D] unit
    /// vectors, queue [K,D]; gradient with respect to c.
    /// </summary>
    public static (Tensor Loss, Tensor Back) Compute(
        Tensor c, Tensor cPlus, Tensor queue, double temperature, Tensor? u = null, Tensor? uPlus = null)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient, back;
        using (no_grad())
        {
            var (batch, positions) = (c.shape[0], c.shape[1]);
            var lambda = Lambda(cPlus, queue, temperature);
            gradient = empty_like(c);
            loss = zeros([], c.dtype, c.device);
            back = zeros([], c.dtype, c.device);
            var own = arange(positions, int64, c.device);
            var step = Math.Max(1, ChunkNumbers / (positions * positions));
            for (var first = 0L; first < batch; first += step)
            {
                using var chunk = NewDisposeScope();
                Tensor Part(Tensor x) => x.narrow(0, first, Math.Min(step, batch - first)).detach();
                var there = There(Part(c), Part(cPlus), Part(lambda), temperature, out var here);
                var m = there.matmul(here.transpose(1, 2));
                back.add_(m.argmax(2).eq(own).to(c.dtype).sum());
                var target = u is null || uPlus is null ? null : SoftTarget(Part(u), Part(uPlus), temperature);
                var byM = LossAndGradient(m, target, batch * positions, loss);
                var byLogits = GradientOfLogits(byM, there, here);
                Part(gradient).copy_(byLogits.matmul(Part(cPlus)).div_(temperature));
            }

            back.div_(batch * positions);
        }

        loss = ClosedFormGradient.Attach(loss, c, gradient);
        return (loss.MoveToOuterDisposeScope(), back.MoveToOuterDisposeScope());
    }

    /// <summary>Returns equation 5's M [B,N,N]: from each pixel of the first frame through the second's to each of the first's.</summary>
    public static Tensor Matrix(Tensor c, Tensor cPlus, Tensor queue, double temperature)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var there = There(c, cPlus, Lambda(cPlus, queue, temperature), temperature, out var here);
        return there.matmul(here.transpose(1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns T = softmax(u·u₊ᵀ/τ) [B,N,N], whose rows sum to 1; no gradient.</summary>
    public static Tensor SoftTarget(Tensor u, Tensor uPlus, double temperature)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return u.matmul(uPlus.transpose(1, 2)).div_(temperature).softmax(2).MoveToOuterDisposeScope();
    }

    private static Tensor Lambda(Tensor cPlus, Tensor queue, double temperature) =>
        QueueSoftmax.Sweep(cPlus.reshape(-1, cPlus.shape[2]), queue, temperature, withMean: false)
            .LogSum.view(cPlus.shape[0], cPlus.shape[1]);

    // there_ij: from i of the first frame to j of the second. here_ij: from j of the second back to i of the first, that is, `back`
    // transposed: exp(s_ij − log(Σ_i e^s_ij + e^λ_j)).
    private static Tensor There(Tensor c, Tensor cPlus, Tensor lambda, double temperature, out Tensor here)
    {
        var s = c.matmul(cPlus.transpose(1, 2)).div_(temperature);
        var there = s.softmax(2);
        var all = logaddexp(s.logsumexp(1), lambda);
        here = s.sub_(all.unsqueeze(1)).exp_();
        return there;
    }

    // Adds the chunk's share to the loss and returns ∂loss/∂M.
    private static Tensor LossAndGradient(Tensor m, Tensor? target, long rows, Tensor loss)
    {
        m.add_(Epsilon);
        if (target is null)
        {
            var own = m.diagonal(0, 1, 2);
            loss.sub_(own.log().sum().div_(rows));
            return diag_embed(own.reciprocal().div_(-rows), 0, 1, 2);
        }

        // T log T is 0 where T is 0, which is its limit.
        loss.add_((xlogy(target, target) - (target * m.log())).sum().div_(rows));
        return target.div_(m).div_(-rows);
    }

    // M = there·hereᵀ, and both are softmaxes of the same s: there along j, here along i with an additional constant (λ).
    private static Tensor GradientOfLogits(Tensor byM, Tensor there, Tensor here)
    {
        var byThere = byM.matmul(here).mul_(there);
        byThere.sub_(there.mul(byThere.sum(2, keepdim: true)));
        var byHere = byM.transpose(1, 2).matmul(there).mul_(here);
        byHere.sub_(here.mul(byHere.sum(1, keepdim: true)));
        return byThere.add_(byHere);
    }
}
