using CACL.Data.DataSets;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>SGD with momentum on a backbone and its classifier. Owns its buffers; used by one thread.</summary>
internal sealed class LimitedTraining : IDisposable
{
    private readonly ISegmentationDataSet _data;
    private readonly IReadOnlyList<SegmentationItem> _items;
    private readonly Representation _representation;
    private readonly LinearClassifier _classifier;
    private readonly LimitedOptions _options;
    private readonly EvaluationContext _context;
    private readonly UpsampledLoss _loss;
    private readonly Tensor[] _parameters;
    private readonly Tensor[] _factors;
    private readonly Tensor[] _momentum;

    public LimitedTraining(
        ISegmentationDataSet data, IReadOnlyList<SegmentationItem> items, Representation representation, LinearClassifier classifier,
        LimitedOptions options, EvaluationContext context)
    {
        (_data, _items, _representation, _classifier, _options, _context) = (data, items, representation, classifier, options, context);
        _loss = new UpsampledLoss(context.Device, context.Threads);
        _parameters = [.. representation.Weights.ParameterList, classifier.Weight, classifier.Bias];
        _factors = [.. representation.Weights.Factors, classifier.Weight, classifier.Bias];
        using var _ = no_grad();
        _momentum = [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
    }

    /// <summary>Trains for one epoch and returns its mean loss in nats per pixel.</summary>
    /// <exception cref="EvaluationException">A loss is not a number or infinite.</exception>
    public double Epoch(EpochSampler plan, int epoch) => SgdEpoch.Run(
        plan, epoch, _options.Epochs, _options.LearningRate, _context, (batch, rate) => Step(batch, epoch, rate),
        step => Diverged(epoch, step));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _momentum) buffer.Dispose();
    }

    private (Tensor Images, ColumnMajorLabels[] Labels) Crops(int[] batch, int epoch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pairs = batch.Select(i => _data.ReadPair(_items[i])).ToArray();
        var sizes = pairs.Select(p => ImageTensor.Shrunk(p.Image.Height, p.Image.Width, _options.ImageSize)).ToArray();
        var height = Math.Min(_options.CropSize, sizes.Max(s => s.Height));
        var width = Math.Min(_options.CropSize, sizes.Max(s => s.Width));
        var (images, labels) = (new Tensor[batch.Length], new ColumnMajorLabels[batch.Length]);
        for (var i = 0; i < batch.Length; i++)
        {
            var crop = RandomCrop.Draw(_context.Seed, epoch, batch[i], sizes[i].Height, sizes[i].Width, height, width, _options);
            var x = ImageTensor.Of(pairs[i].Image, _options.ImageSize, _context.Device);
            (images[i], var map) = crop.Apply(x, ImageTensor.Resize(pairs[i].Labels, sizes[i].Height, sizes[i].Width), height, width);
            labels[i] = new ColumnMajorLabels(map);
        }

        return (cat(images).MoveToOuterDisposeScope(), labels);
    }

    private (double Loss, long Pixels) Step(int[] batch, int epoch, double rate)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Crops(batch, epoch);
        var counted = labels.Sum(l => l.Counted);
        return counted == 0 ? (0, 0) : (Step(images, labels, counted, rate), counted);
    }

    private double Step(Tensor images, ColumnMajorLabels[] labels, long counted, double rate)
    {
        using var scope = NewDisposeScope();
        _representation.Weights.Round();
        var logits = _classifier.Forward(_representation.Forward(images, training: true));
        var (loss, gradient) = Gradient(logits, labels, counted);
        var gradients = autograd.grad([logits], [.. _factors], [gradient]);
        using var _ = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            var exact = gradients[i].to(_parameters[i].dtype);
            if (_options.WeightDecay > 0) exact.add_(_parameters[i], _options.WeightDecay);
            _momentum[i].mul_(_options.Momentum).add_(exact);
            _parameters[i].add_(_momentum[i], -rate);
        }

        return loss;
    }

    // Image by image, so that no tensor of all the batch's pixels and classes is ever created.
    private (double Loss, Tensor Gradient) Gradient(Tensor logits, ColumnMajorLabels[] labels, long counted)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (classes, height, width) = (logits.shape[1], (int)logits.shape[2], (int)logits.shape[3]);
        var gradient = logits.detach().clone().contiguous();
        var loss = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var one = gradient[i].reshape(classes, height * width).contiguous();
            loss += _loss.Backward(one, height, width, labels[i], mirrored: false, (float)(1.0 / counted));
            gradient[i].copy_(one.view(classes, height, width));
        }

        return (loss, gradient.MoveToOuterDisposeScope());
    }

    private EvaluationException Diverged(int epoch, long step) => new(
        $"The network diverged: in epoch {epoch + 1}, step {step}, its loss was not finite. Lower {_options.Section}.learning-rate "
            + $"({_options.LearningRate} now).");
}
