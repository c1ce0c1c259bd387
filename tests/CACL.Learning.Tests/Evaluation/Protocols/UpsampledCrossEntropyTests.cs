using System.Runtime.InteropServices;
using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Protocols;
using CACL.Testing;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class UpsampledCrossEntropyTests
{
    private sealed record Case(int Classes, int Height, int Width, int FineHeight, int FineWidth, bool Mirrored, float Size, ulong Seed);

    private static readonly Gen<Case> Cases =
        from classes in Gen.Int[1, 30]
        from height in Gen.Int[1, 9]
        from width in Gen.Int[1, 9]
        from fineHeight in Gen.Int[1, 80]
        from fineWidth in Gen.Int[1, 80]
        from mirrored in Gen.Bool
        from size in Gen.Float[0.1f, 30]
        from seed in Gen.ULong
        select new Case(classes, height, width, fineHeight, fineWidth, mirrored, size, seed);

    [Fact]
    public void Loss_and_gradient_are_those_of_autograd_through_upsampling_and_cross_entropy() => Cases.Sample(c =>
    {
        var (logits, labels) = Draw(c);
        using var scope = NewDisposeScope();
        using var expected = tensor(logits, [c.Classes, c.Height * c.Width]);
        var loss = UpsampledLoss.ByAutograd(expected, c.Height, c.Width, labels, c.Mirrored, 0.5f);

        var gradient = (float[])logits.Clone();
        var fused = new UpsampledCrossEntropy(1).Backward(gradient, c.Classes, c.Height, c.Width, labels, c.Mirrored, 0.5f);
        Assert.Equal(loss, fused, 2e-5 * (1 + Math.Abs(loss)));
        var largest = expected.abs().max().item<float>();
        // Autograd's gradient of one position is a float32 sum over all pixels that it was upsampled to.
        var rounding = 1e-5 + (6e-8 * c.FineHeight * c.FineWidth);
        Each.Holds(expected.data<float>().ToArray().Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, rounding * (1 + largest)));
    }, iter: 300);

    [Fact]
    public void Neither_threads_nor_what_was_computed_before_change_a_bit() => Cases.Sample(c =>
    {
        var (logits, labels) = Draw(c);
        var one = new UpsampledCrossEntropy(1);
        var several = new UpsampledCrossEntropy(4);
        float[] first = [.. logits], second = [.. logits], third = [.. logits];
        var loss = one.Backward(first, c.Classes, c.Height, c.Width, labels, c.Mirrored, 1);
        Assert.Equal(loss, one.Backward(second, c.Classes, c.Height, c.Width, labels, c.Mirrored, 1));
        Assert.Equal(loss, several.Backward(third, c.Classes, c.Height, c.Width, labels, c.Mirrored, 1));
        Assert.True(MemoryMarshal.AsBytes(first.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(second.AsSpan())));
        Assert.True(MemoryMarshal.AsBytes(first.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(third.AsSpan())));
    }, iter: 50);

    [Fact]
    public void An_image_without_a_counted_pixel_has_no_loss_and_no_gradient()
    {
        var labels = new ColumnMajorLabels(new LabelMap(17, 23, [.. Enumerable.Repeat(LabelMap.Ignored, 17 * 23)]));
        float[] logits = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal(0, labels.Counted);
        Assert.Equal(0.0, new UpsampledCrossEntropy(1).Backward(logits, 2, 2, 2, labels, mirrored: false, 1));
        Each.Holds(logits, g => Assert.Equal(0f, g));
    }

    private static (float[] Logits, ColumnMajorLabels Labels) Draw(Case c)
    {
        var random = new Data.Sampling.CounterRandom(c.Seed, 0, 0, 0, Data.Sampling.DrawPurpose.Frame);
        var logits = new float[c.Classes * c.Height * c.Width];
        for (var i = 0; i < logits.Length; i++) logits[i] = (float)random.Uniform(-c.Size, c.Size);
        var classes = new byte[c.FineHeight * c.FineWidth];
        for (var i = 0; i < classes.Length; i++) classes[i] = random.Chance(0.2) ? LabelMap.Ignored : (byte)random.Below(c.Classes);
        return (logits, new ColumnMajorLabels(new LabelMap(c.FineWidth, c.FineHeight, classes)));
    }
}
