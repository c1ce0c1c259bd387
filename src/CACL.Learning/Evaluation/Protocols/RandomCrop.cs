using CACL.Data.DataSets;
using CACL.Data.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>A random crop of a resized image: the image is resized first, then cropped at (Top, Left), then mirrored.</summary>
/// <param name="Height">Height of the resized image.</param>
/// <param name="Width">Width of the resized image.</param>
/// <param name="Top">First row of the box.</param>
/// <param name="Left">First column of the box.</param>
/// <param name="Mirrored">Whether the crop is mirrored left to right.</param>
internal readonly record struct RandomCrop(int Height, int Width, int Top, int Left, bool Mirrored)
{
    /// <summary>
    /// Draws the crop of one image in one epoch, by (seed, epoch, image) alone. The factor is uniform, and so is the position of the box
    /// within the image.
    /// </summary>
    public static RandomCrop Draw(
        ulong seed, int epoch, int image, int imageHeight, int imageWidth, int cropHeight, int cropWidth, LimitedOptions options)
    {
        var random = new CounterRandom(seed, epoch, image, 0, DrawPurpose.EvaluationCrop);
        var factor = random.Uniform(options.ScaleMin, options.ScaleMax);
        var (height, width) = (Scaled(imageHeight, factor), Scaled(imageWidth, factor));
        var top = random.Below(Math.Max(0, height - cropHeight) + 1);
        var left = random.Below(Math.Max(0, width - cropWidth) + 1);
        return new RandomCrop(height, width, top, left, random.Chance(options.FlipProbability));
    }

    /// <summary>
    /// Returns the crop's pixels and labels; beyond the image's border, pixels have the mean colour and labels are ignored.
    /// </summary>
    /// <param name="image">[1,3,H,W], normalised.</param>
    /// <param name="labels">Labels of the same size.</param>
    /// <param name="height">Height of the crop.</param>
    /// <param name="width">Width of the crop.</param>
    /// <returns>[1,3,height,width] in the caller's dispose scope, and its labels.</returns>
    public (Tensor Image, LabelMap Labels) Apply(Tensor image, LabelMap labels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var resized = nn.functional.interpolate(image, [Height, Width], mode: InterpolationMode.Bilinear, align_corners: false);
        var (rows, columns) = (Math.Min(height, Height), Math.Min(width, Width));
        // After normalisation the mean colour is 0.
        var x = nn.functional.pad(
            resized.narrow(2, Top, rows).narrow(3, Left, columns), [0, width - columns, 0, height - rows], PaddingModes.Constant, 0);
        if (Mirrored) x = x.flip(3);
        return (x.MoveToOuterDisposeScope(), Labels(ImageTensor.Resize(labels, Height, Width), height, width));
    }

    private LabelMap Labels(LabelMap resized, int height, int width)
    {
        var classes = new byte[height * width];
        Array.Fill(classes, LabelMap.Ignored);
        var columns = Math.Min(width, Width);
        for (var y = 0; y < Math.Min(height, Height); y++)
        {
            resized.Classes.AsSpan(((Top + y) * Width) + Left, columns).CopyTo(classes.AsSpan(y * width));
            if (Mirrored) classes.AsSpan(y * width, width).Reverse();
        }

        return new LabelMap(width, height, classes);
    }

    private static int Scaled(int size, double factor) => Math.Max(1, (int)Math.Round(size * factor, MidpointRounding.AwayFromZero));
}
