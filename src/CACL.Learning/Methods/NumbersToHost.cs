using CACL.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// Brings each step's numbers to the host. From a card they travel behind the step's work, into page-locked memory, and are read after the
/// next step has been handed to the card: two places take turns. Owns that memory.
/// </summary>
internal sealed class NumbersToHost(Device device) : IDisposable
{
    private readonly Place[] _places = [new(), new()];
    private int _turn;

    /// <summary>Sends a step's numbers on their way.</summary>
    /// <param name="figures">The step's figures, which stay the caller's.</param>
    /// <param name="result">Makes a result of the numbers.</param>
    public StepNumbers Send(StepFigures figures, Func<double[], StepResult> result)
    {
        if (device.type != DeviceType.CUDA) return new StepNumbers(result(figures.Numbers.data<double>().ToArray()));
        _turn = (_turn + 1) % _places.Length;
        var place = _places[_turn];
        // Nobody leaves a step's numbers unread for so long; a result that was given out stays right even then.
        place.Pending?.Read();
        place.Memory ??= zeros_like(figures.Numbers, device: CPU).pin_memory().DetachFromDisposeScope();
        place.Arrived ??= new CudaEvent();
        place.Memory.copy_(figures.Numbers, true);
        place.Arrived.Record();
        return place.Pending = new StepNumbers(() =>
        {
            place.Arrived.Wait();
            place.Pending = null;
            return result(place.Memory.data<double>().ToArray());
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var place in _places)
        {
            place.Arrived?.Dispose();
            place.Memory?.Dispose();
        }
    }

    private sealed class Place
    {
        public Tensor? Memory { get; set; }

        public CudaEvent? Arrived { get; set; }

        public StepNumbers? Pending { get; set; }
    }
}
