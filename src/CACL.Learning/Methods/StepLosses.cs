using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>A step's losses and shares while they are still on the device. A head that is off leaves its places null.</summary>
internal sealed class StepLosses(LossWeights weights)
{
    public Tensor? Global { get; set; }

    public Tensor? Pixel { get; set; }

    public Tensor? Cycle { get; set; }

    public Tensor? Top1Global { get; set; }

    public Tensor? CycleBack { get; set; }

    /// <summary>The weighted sum of the losses, with their gradient.</summary>
    public Tensor Total
    {
        get
        {
            using var scope = NewDisposeScope();
            Tensor?[] weighted = [Global?.mul(weights.Global), Pixel?.mul(weights.Pixel), Cycle?.mul(weights.Cycle)];
            return weighted.OfType<Tensor>().Aggregate((sum, loss) => sum + loss).MoveToOuterDisposeScope();
        }
    }

    /// <summary>All numbers in one transfer.</summary>
    public StepResult ToHost(double learningRate)
    {
        using var scope = NewDisposeScope();
        Tensor?[] asked = [Global, Pixel, Cycle, Top1Global, CycleBack];
        var given = asked.OfType<Tensor>().Select(value => value.detach().to(float64)).ToArray();
        var values = new Queue<double>(stack(given).cpu().data<double>().ToArray());
        var numbers = asked.Select(value => value is null ? (double?)null : values.Dequeue()).ToArray();
        var loss = ((numbers[0] ?? 0) * weights.Global) + ((numbers[1] ?? 0) * weights.Pixel)
            + ((numbers[2] ?? 0) * weights.Cycle);
        return new StepResult(loss, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], learningRate);
    }
}
