using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CACL.Data.DataSets;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Softmax cross-entropy of vectors of vertically adjacent pixels between two coarse columns. <see cref="Near"/> and <see cref="Far"/>
/// collect the gradients of the two columns, class by class.
/// </summary>
internal readonly ref struct PixelVectors(Span<float> near, Span<float> far, Span<float> logits, int classes, float scale)
{
    private static readonly int Lanes = Vector<float>.Count;
    private static readonly int Block = Vector<byte>.Count;

    private readonly Span<float> _logits = logits;

    /// <summary>Gradient of the column on the left, classes × pixels.</summary>
    public Span<float> Near { get; } = near;

    /// <summary>Gradient of the column on the right.</summary>
    public Span<float> Far { get; } = far;

    /// <summary>Adds the pixels of one fine column.</summary>
    /// <param name="left">Logits of the coarse column on the left at these rows; class k begins at
    /// k·<paramref name="classStride"/>.</param>
    /// <param name="right">Logits of the coarse column on the right.</param>
    /// <param name="classStride">Distance between two classes.</param>
    /// <param name="weight">How far to the right the pixels lie, from 0 to below 1.</param>
    /// <param name="labels">Their labels, a vector of bytes.</param>
    /// <returns>Sum of the losses of the counted pixels.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int classStride, float weight, ReadOnlySpan<byte> labels)
    {
        Vector.Widen(new Vector<byte>(labels), out var lower, out var upper);
        Vector.Widen(lower, out var a, out var b);
        Vector.Widen(upper, out var c, out var d);
        return (double)(Add(left, right, classStride, weight, a, 0) + Add(left, right, classStride, weight, b, Lanes))
            + (Add(left, right, classStride, weight, c, 2 * Lanes) + Add(left, right, classStride, weight, d, 3 * Lanes));
    }

    private float Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int classStride, float weight, Vector<uint> label, int at)
    {
        var counted = ~Vector.Equals(label, new Vector<uint>(LabelMap.Ignored));
        if (counted == Vector<uint>.Zero) return 0;
        ref var z = ref MemoryMarshal.GetReference(_logits);
        ref var l = ref Unsafe.Add(ref MemoryMarshal.GetReference(left), at);
        ref var r = ref Unsafe.Add(ref MemoryMarshal.GetReference(right), at);
        var share = new Vector<float>(weight);
        var most = new Vector<float>(float.NegativeInfinity);
        var right1 = Vector<float>.Zero;
        for (var k = 0; k < classes; k++)
        {
            var from = Vector.LoadUnsafe(ref l, (nuint)(k * classStride));
            var value = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)(k * classStride)) - from, share, from);
            value.StoreUnsafe(ref z, (nuint)(k * Lanes));
            most = Vector.MaxNative(value, most);
            right1 = Vector.ConditionalSelect(Vector.AsVectorSingle(Vector.Equals(label, new Vector<uint>((uint)k))), value, right1);
        }

        var sum = Vector<float>.Zero;
        for (var k = 0; k < classes; k++)
        {
            var e = Exponential(Vector.LoadUnsafe(ref z, (nuint)(k * Lanes)) - most);
            e.StoreUnsafe(ref z, (nuint)(k * Lanes));
            sum += e;
        }

        var mask = Vector.AsVectorSingle(counted);
        var scales = Vector.ConditionalSelect(mask, new Vector<float>(scale), Vector<float>.Zero);
        var factor = scales / sum;
        ref var near = ref Unsafe.Add(ref MemoryMarshal.GetReference(Near), at);
        ref var far = ref Unsafe.Add(ref MemoryMarshal.GetReference(Far), at);
        for (var k = 0; k < classes; k++)
        {
            var hit = Vector.ConditionalSelect(
                Vector.AsVectorSingle(Vector.Equals(label, new Vector<uint>((uint)k))), scales, Vector<float>.Zero);
            var g = (Vector.LoadUnsafe(ref z, (nuint)(k * Lanes)) * factor) - hit;
            var toFar = g * share;
            (Vector.LoadUnsafe(ref near, (nuint)(k * Block)) + (g - toFar)).StoreUnsafe(ref near, (nuint)(k * Block));
            (Vector.LoadUnsafe(ref far, (nuint)(k * Block)) + toFar).StoreUnsafe(ref far, (nuint)(k * Block));
        }

        return Vector.Sum(Vector.ConditionalSelect(mask, Vector.Log(sum) + (most - right1), Vector<float>.Zero));
    }

    /// <summary>Returns eˣ for x ≤ 0, to about 10⁻⁷ of its value: 2ⁿ·eʳ with |r| ≤ ½ ln 2 and eʳ by a polynomial (Cephes' expf).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Exponential(Vector<float> x)
    {
        // Below this, eˣ is no longer a normal number and adds nothing to a sum of at least 1. A NaN stays a NaN.
        var small = Vector.LessThan(x, new Vector<float>(-87));
        var n = Vector.Round(x * new Vector<float>(1.44269504f));
        n = Vector.MaxNative(n, new Vector<float>(-126));
        var r = Vector.FusedMultiplyAdd(n, new Vector<float>(-0.693359375f), x);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(2.12194440e-4f), r);
        var p = new Vector<float>(1.9875691500e-4f);
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1.3981999507e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(8.3334519073e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(4.1665795894e-2f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1.6666665459e-1f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(5.0000001201e-1f));
        p = Vector.FusedMultiplyAdd(p, r * r, r + Vector<float>.One);
        var power = Vector.AsVectorSingle((Vector.ConvertToInt32Native(n) + new Vector<int>(127)) << 23);
        return Vector.ConditionalSelect(Vector.AsVectorSingle(small), Vector<float>.Zero, p * power);
    }
}
