using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Mean and standard deviation of each channel over all positions of the unmirrored training images. Owns both; [C] float32.
/// </summary>
internal sealed class ChannelStatistics : IDisposable
{
    // A channel that never changes carries no information; it is left as it is rather than blown up.
    private const double Least = 1e-6;

    private ChannelStatistics(Tensor mean, Tensor deviation) => (Mean, Deviation) = (mean, deviation);

    public Tensor Mean { get; }

    public Tensor Deviation { get; }

    public static ChannelStatistics Of(FrozenFeatures features, EvaluationContext context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor? sum = null, squares = null;
        var positions = 0L;
        for (var image = 0; image < features.Count; image++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var rows = features.Read(image, mirrored: false).Rows;
            positions += rows.shape[0];
            // float32 within an image, float64 across images.
            sum = Added(sum, rows.sum(dim: 0));
            squares = Added(squares, rows.square().sum(dim: 0));
        }

        var mean = sum!.div(positions);
        var variance = squares!.div(positions).sub_(mean.square());
        var deviation = variance.clamp_min(0).sqrt();
        deviation = where(deviation.lt(Least), ones_like(deviation), deviation);
        return new ChannelStatistics(mean.to(float32).DetachFromDisposeScope(), deviation.to(float32).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        Mean.Dispose();
        Deviation.Dispose();
    }

    private static Tensor Added(Tensor? total, Tensor values)
    {
        if (total is null) return values.to(float64).MoveToOuterDisposeScope();
        return total.add_(values.to(float64));
    }
}
