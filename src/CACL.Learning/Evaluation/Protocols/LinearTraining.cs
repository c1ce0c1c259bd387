using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>SGD with momentum on a linear classifier over cached features. Owns its buffers; used by one thread.</summary>
internal sealed class LinearTraining : IDisposable
{
    private readonly LinearClassifier _classifier;
    private readonly ChannelStatistics? _statistics;
    private readonly FrozenFeatures _features;
    private readonly LinearOptions _options;
    private readonly EvaluationContext _context;
    private readonly UpsampledLoss _loss;
    private readonly Tensor _weightGradient;
    private readonly Tensor _biasGradient;
    private readonly Tensor _weightMomentum;
    private readonly Tensor _biasMomentum;

    public LinearTraining(
        LinearClassifier classifier, ChannelStatistics? statistics, FrozenFeatures features, LinearOptions options,
        EvaluationContext context)
    {
        (_classifier, _statistics, _features, _options, _context) = (classifier, statistics, features, options, context);
        _loss = new UpsampledLoss(context.Device, context.Threads);
        _weightGradient = zeros_like(classifier.Weight).DetachFromDisposeScope();
        _biasGradient = zeros_like(classifier.Bias).DetachFromDisposeScope();
        _weightMomentum = zeros_like(classifier.Weight).DetachFromDisposeScope();
        _biasMomentum = zeros_like(classifier.Bias).DetachFromDisposeScope();
    }

    /// <summary>Trains for one epoch and returns its mean loss in nats per pixel.</summary>
    /// <exception cref="EvaluationException">A loss is not a number or infinite.</exception>
    public double Epoch(EpochSampler plan, int epoch)
    {
        var loss = SgdEpoch.Run(
            plan, epoch, _options.Epochs, _options.LearningRate, _context, (batch, rate) => Step(batch, plan, epoch, rate),
            step => Diverged(epoch, step));
        if (!IsFinite(_classifier.Weight) || !IsFinite(_classifier.Bias)) throw Diverged(epoch, (epoch + 1L) * plan.StepsPerEpoch);
        return loss;
    }

    /// <summary>Returns the classifier in terms of the raw features.</summary>
    public TrainedClassifier Result(double loss)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = Effective();
        var (weights, biases) = (new float[weight.numel()], new float[bias.numel()]);
        HostCopy.Read(weight, weights, "classifier.weight");
        HostCopy.Read(bias, biases, "classifier.bias");
        return new TrainedClassifier(weights, biases, loss);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weightGradient.Dispose();
        _biasGradient.Dispose();
        _weightMomentum.Dispose();
        _biasMomentum.Dispose();
    }

    private (double Loss, long Pixels) Step(int[] batch, EpochSampler plan, int epoch, double rate)
    {
        using var scope = NewDisposeScope();
        var labels = batch.Select(_features.Labels).ToArray();
        var counted = labels.Sum(l => l.Counted);
        if (counted == 0) return (0, 0);
        var loss = Gradient(batch, labels, plan, epoch, counted);
        Update(rate);
        return (loss, counted);
    }

    /// <summary>Leaves the gradient of the mean loss in the buffers, and returns the sum of the loss.</summary>
    private double Gradient(int[] batch, ColumnMajorLabels[] labels, EpochSampler plan, int epoch, long counted)
    {
        var (weight, bias) = Effective();
        _weightGradient.zero_();
        _biasGradient.zero_();
        var loss = 0.0;
        for (var i = 0; i < batch.Length; i++)
        {
            using var scope = NewDisposeScope();
            var mirrored = plan.IsMirrored(epoch, batch[i]);
            var image = _features.Read(batch[i], mirrored);
            var logits = weight.mm(image.Rows.t()).add_(bias.unsqueeze(1)).contiguous();
            loss += _loss.Backward(logits, image.Height, image.Width, labels[i], mirrored, (float)(1.0 / counted));
            _weightGradient.addmm_(logits, image.Rows);
            _biasGradient.add_(logits.sum(1));
        }

        if (_statistics is null) return loss;
        // Applies the chain rule to Effective.
        _weightGradient.sub_(outer(_biasGradient, _statistics.Mean)).div_(_statistics.Deviation);
        return loss;
    }

    // On features (f − mean)/deviation: W'(f − mean)/deviation + b' = (W'/deviation)·f + (b' − (W'/deviation)·mean).
    private (Tensor Weight, Tensor Bias) Effective()
    {
        if (_statistics is null) return (_classifier.Weight, _classifier.Bias);
        var weight = _classifier.Weight.div(_statistics.Deviation);
        return (weight, _classifier.Bias.sub(weight.mv(_statistics.Mean)));
    }

    private void Update(double rate)
    {
        Update(_classifier.Weight, _weightGradient, _weightMomentum, rate);
        Update(_classifier.Bias, _biasGradient, _biasMomentum, rate);
    }

    private void Update(Tensor values, Tensor gradient, Tensor momentum, double rate)
    {
        if (_options.WeightDecay > 0) gradient.add_(values, _options.WeightDecay);
        momentum.mul_(_options.Momentum).add_(gradient);
        values.add_(momentum, -rate);
    }

    private static bool IsFinite(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.isfinite().all().cpu().item<bool>();
    }

    private ClassifierDivergedException Diverged(int epoch, long step) => new(
        $"The linear classifier diverged: in epoch {epoch + 1}, step {step}, its loss was not finite. "
        + $"Lower {_options.Section}.learning-rate ({_options.LearningRate} now), or set {_options.Section}.standardise = true.");
}
