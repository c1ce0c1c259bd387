using CACL.Learning.Augmentation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// Has a card replay a step that it has once recorded: a step is the same sequence of operations on the same addresses, some thousands of
/// them, which the host then hands over in one call. What changes from step to step is copied into the addresses that the recording reads.
/// </summary>
internal sealed class StepGraph(Device device) : IDisposable
{
    // The first steps are computed one operation after the other: libraries choose their algorithms and allocate what they keep.
    private const int StepsBefore = 3;

    private int _steps;
    private CudaGraph? _graph;
    private StepInputs? _inputs;
    private StepFigures? _figures;

    /// <summary>Takes a step: computes or replays it.</summary>
    /// <param name="inputs">The step's inputs.</param>
    /// <param name="compute">Hands a step with these inputs to the card.</param>
    /// <returns>Its figures, which are overwritten by the next step.</returns>
    public StepFigures Run(StepInputs inputs, Func<StepInputs, StepFigures> compute)
    {
        if (inputs.InspectGradient is not null || _steps++ < StepsBefore) return compute(inputs);
        if (_inputs is not null && !_inputs.View.shape.AsSpan().SequenceEqual(inputs.View.shape)) Forget();
        if (_inputs is null) Record(inputs, compute);
        using (no_grad())
        {
            _inputs!.View.copy_(inputs.View);
            _inputs.ViewPlus.copy_(inputs.ViewPlus);
            _inputs.Places.All.copy_(inputs.Places.All);
            _inputs.Boxes?.copy_(inputs.Boxes!);
        }

        _graph!.Replay();
        return _figures!;
    }

    /// <inheritdoc/>
    public void Dispose() => Forget();

    private void Record(StepInputs inputs, Func<StepInputs, StepFigures> compute)
    {
        _inputs = new StepInputs(
            inputs.View.clone().DetachFromDisposeScope(), inputs.ViewPlus.clone().DetachFromDisposeScope(),
            new StepPlaces(inputs.Places.All.clone().DetachFromDisposeScope(), inputs.Places.Batch), inputs.Scalars)
        {
            Boxes = inputs.Boxes?.clone().DetachFromDisposeScope(),
        };
        _graph = new CudaGraph();
        _graph.Record(device, () =>
        {
            using var scope = NewDisposeScope();
            _figures = compute(_inputs);
            _figures.Numbers.DetachFromDisposeScope();
            _figures.Finite.DetachFromDisposeScope();
        });
    }

    private void Forget()
    {
        _figures?.Numbers.Dispose();
        _figures?.Finite.Dispose();
        _graph?.Dispose();
        _inputs?.View.Dispose();
        _inputs?.ViewPlus.Dispose();
        _inputs?.Places.All.Dispose();
        _inputs?.Boxes?.Dispose();
        (_figures, _graph, _inputs) = (null, null, null);
    }
}
