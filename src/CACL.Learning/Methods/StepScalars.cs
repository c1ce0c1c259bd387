using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// The few numbers that change from step to step, on the device, where the step reads them: the host fills them in and waits for nothing.
/// Owns its memory.
/// </summary>
internal sealed class StepScalars : IDisposable
{
    private readonly Tensor[] _places;
    private readonly double[] _values;
    private readonly string[] _heads;

    /// <summary>Creates the numbers of a method, all zero.</summary>
    /// <param name="heads">The heads whose losses are weighted.</param>
    /// <param name="device">The device.</param>
    public StepScalars(IEnumerable<string> heads, Device device)
    {
        _heads = [.. heads];
        _values = new double[_heads.Length + 2];
        _places = [.. _values.Select(_ => zeros([], float64, device).DetachFromDisposeScope())];
    }

    /// <summary>The learning rate, [] float64.</summary>
    public Tensor Rate => _places[0];

    /// <summary>The key network's momentum, [] float64.</summary>
    public Tensor Momentum => _places[1];

    /// <summary>The weight of a head's loss, [] float64.</summary>
    public Tensor WeightOf(string head) => _places[2 + Array.IndexOf(_heads, head)];

    /// <summary>Fills them in for a step.</summary>
    public void Set(double rate, double momentum, LossWeights weights)
    {
        using var _ = no_grad();
        Set(0, rate);
        Set(1, momentum);
        for (var i = 0; i < _heads.Length; i++) Set(2 + i, weights[_heads[i]]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var place in _places) place.Dispose();
    }

    private void Set(int place, double value)
    {
        if (_values[place].Equals(value)) return;
        _values[place] = value;
        _places[place].fill_(value);
    }
}
