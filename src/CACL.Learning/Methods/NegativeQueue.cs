using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// A queue of negatives: a ring of K normalised rows, in which the newest overwrite the oldest (METHOD.md §6). It starts with normalised
/// Gaussian rows, drawn from the seed and its name. Owns its memory.
/// </summary>
internal sealed class NegativeQueue : IDisposable
{
    private int _next;

    public NegativeQueue(string name, int size, int width, ulong seed, Device device, ScalarType precision = ScalarType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Name = name;
        using var scope = NewDisposeScope();
        var values = new float[(long)size * width];
        new SeededNumbers(seed, name).Normal(values, 1);
        var rows = tensor(values, [size, width], float32);
        Rows = nn.functional.normalize(rows, dim: 1).to(precision, device).DetachFromDisposeScope();
    }

    public string Name { get; }

    /// <summary>The rows [K,D], in the order of their places in the ring.</summary>
    public Tensor Rows { get; }

    /// <summary>Number of rows K.</summary>
    public int Size => (int)Rows.shape[0];

    /// <summary>The place of the next row.</summary>
    public int Pointer
    {
        get => _next;
        set => _next = value >= 0 && value < Size
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{Name} has the places 0 to {Size - 1}.");
    }

    /// <summary>Enqueues rows [R,D], R ≤ K, at the next places, wrapping round within them if necessary.</summary>
    public void Enqueue(Tensor rows)
    {
        var count = (int)rows.shape[0];
        if (count > Size) throw new ArgumentException($"{count} rows do not fit into {Name}, which has {Size} places.", nameof(rows));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var before = Math.Min(count, Size - _next);
        Rows.narrow(0, _next, before).copy_(rows.narrow(0, 0, before));
        if (count > before) Rows.narrow(0, 0, count - before).copy_(rows.narrow(0, before, count - before));
        _next = (_next + count) % Size;
    }

    public void Dispose() => Rows.Dispose();
}
