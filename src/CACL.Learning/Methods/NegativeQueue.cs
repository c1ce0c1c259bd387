using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// A queue of negatives: a ring of K normalised rows, in which the newest overwrite the oldest (METHOD.md §6). It starts with normalised
/// Gaussian rows, drawn from the seed and its name. Its pointer lies on the device, beside the rows. Owns its memory.
/// </summary>
internal sealed class NegativeQueue : IDisposable
{
    private readonly Tensor _next;

    public NegativeQueue(string name, int size, int width, ulong seed, Device device, Precision precision = Precision.Fp32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Name = name;
        Size = size;
        using var scope = NewDisposeScope();
        var values = new float[(long)size * width];
        new SeededNumbers(seed, name).Normal(values, 1);
        var rows = tensor(values, [size, width], float32);
        Rows = nn.functional.normalize(rows, dim: 1).to(precision.Exact(), device).DetachFromDisposeScope();
        _next = zeros([], int64, device).DetachFromDisposeScope();
    }

    public string Name { get; }

    /// <summary>The rows [K,D], in the order of their places in the ring.</summary>
    public Tensor Rows { get; }

    /// <summary>Number of rows K.</summary>
    public int Size { get; }

    /// <summary>The place of the next row. Reading it waits for the device.</summary>
    public int Pointer
    {
        get => (int)_next.item<long>();
        set
        {
            if (value < 0 || value >= Size)
                throw new ArgumentOutOfRangeException(nameof(value), value, $"{Name} has the places 0 to {Size - 1}.");
            _next.fill_(value);
        }
    }

    /// <summary>
    /// Enqueues rows [R,D], R ≤ K, at the next places, wrapping round within them if necessary, if <paramref name="finite"/> [] bool is
    /// true; otherwise nothing changes.
    /// </summary>
    public void Enqueue(Tensor rows, Tensor finite)
    {
        var count = rows.shape[0];
        if (count > Size) throw new ArgumentException($"{count} rows do not fit into {Name}, which has {Size} places.", nameof(rows));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        MomentumScripts.Functions.Call("enqueue", Rows, _next, rows, finite);
    }

    public void Dispose()
    {
        Rows.Dispose();
        _next.Dispose();
    }
}
