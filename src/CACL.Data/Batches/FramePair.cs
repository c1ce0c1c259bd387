using System.Runtime.InteropServices;
using CACL.Data.Sampling;

namespace CACL.Data.Batches;

/// <summary>
/// Two decoded crops and the plan they were made by, in native memory of a <see cref="FramePairPool"/>. A pair has one owner at a time, who
/// hands it on or disposes it; disposing returns the memory to the pool.
/// </summary>
public sealed unsafe class FramePair : IDisposable
{
    private readonly FramePairPool _pool;
    private readonly int _bytes;
    private byte* _memory;

    internal FramePair(FramePairPool pool, int bytesPerFrame)
    {
        _pool = pool;
        _bytes = bytesPerFrame;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytesPerFrame * 2, 64);
    }

    /// <summary>The plan by which the crops were made.</summary>
    public SamplePlan? Plan { get; set; }

    /// <summary>Path of the video, for messages.</summary>
    public string Path { get; set; } = "";

    /// <summary>Frame n: S·S·3 bytes, rows of R, G, B.</summary>
    public Span<byte> First => new(Live, _bytes);

    /// <summary>Frame n + stride: S·S·3 bytes, rows of R, G, B.</summary>
    public Span<byte> Second => new(Live + _bytes, _bytes);

    /// <summary>Both frames: the first, then the second.</summary>
    public Span<byte> Both => new(Live, 2 * _bytes);

    private byte* Live => _memory != null ? _memory : throw new ObjectDisposedException(nameof(FramePair));

    /// <summary>Frees the memory of pairs in flight that a cancelled stream dropped: nobody is left to return them.</summary>
    ~FramePair() => NativeMemory.AlignedFree(_memory);

    /// <summary>Returns the memory to the pool. The pair must not be touched afterwards.</summary>
#pragma warning disable CA1816 // The pair is returned, not finished: the finalizer stays on guard for its next owner.
    public void Dispose() => _pool.Return(this);
#pragma warning restore CA1816

    internal void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
