using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Attaches a loss that was computed without autograd, together with its gradient in closed form, to the graph of its input: autograd then
/// keeps the gradient and nothing that led to it.
/// </summary>
internal sealed class ClosedFormGradient : autograd.SingleTensorFunction<ClosedFormGradient>
{
    /// <inheritdoc/>
    public override string Name => nameof(ClosedFormGradient);

    /// <summary>
    /// Returns <paramref name="loss"/> as a function of <paramref name="input"/> whose derivative is <paramref name="gradient"/>.
    /// </summary>
    public static Tensor Attach(Tensor loss, Tensor input, Tensor gradient) => apply(input, loss, gradient);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[2]]);
        return ((Tensor)vars[1]).alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var gradient = ctx.get_saved_variables()[0];
        return [gradient.mul(grad_output), null!, null!];
    }
}
