using CACL.Data.DataSets;
using CACL.Learning.Augmentation;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Converts pictures to what a network sees.</summary>
internal static class ImageTensor
{
    /// <summary>Returns a picture as [1,3,H,W] float32 in [0,1], normalised (METHOD.md §2), in the caller's dispose scope.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="longest">Longest side; a larger picture is downscaled by area averaging. 0: as it is.</param>
    /// <param name="device">Where it goes.</param>
    public static Tensor Of(RgbImage image, int longest, Device device)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (height, width) = Shrunk(image.Height, image.Width, longest);
        var x = tensor(image.Pixels, [image.Height, image.Width, 3], uint8).to(device).permute(2, 0, 1).unsqueeze(0).to(float32).div_(255);
        if (height != image.Height || width != image.Width) x = nn.functional.adaptive_avg_pool2d(x, [height, width]);
        return Normalise(x).MoveToOuterDisposeScope();
    }

    /// <summary>Normalises [B,3,H,W] in [0,1] in place: subtracts the mean and divides by the standard deviation.</summary>
    public static Tensor Normalise(Tensor x)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(BatchAugmentation.Mean, device: x.device).view(1, 3, 1, 1);
        var deviation = tensor(BatchAugmentation.Deviation, device: x.device).view(1, 3, 1, 1);
        x.sub_(mean).div_(deviation);
        return x;
    }

    /// <summary>
    /// Returns the size whose longest side is at most <paramref name="longest"/>, with the aspect ratio kept to the pixel.
    /// </summary>
    public static (int Height, int Width) Shrunk(int height, int width, int longest)
    {
        var side = Math.Max(height, width);
        if (longest == 0 || side <= longest) return (height, width);
        int Scaled(int size) => Math.Max(1, (int)Math.Round((double)size * longest / side, MidpointRounding.AwayFromZero));
        return (Scaled(height), Scaled(width));
    }

    /// <summary>Returns labels in another size: each pixel takes the label nearest to its centre.</summary>
    public static LabelMap Resize(LabelMap labels, int height, int width)
    {
        if (height == labels.Height && width == labels.Width) return labels;
        var classes = new byte[height * width];
        for (var y = 0; y < height; y++)
        {
            var row = labels.Classes.AsSpan((int)((y + 0.5) * labels.Height / height) * labels.Width, labels.Width);
            for (var x = 0; x < width; x++) classes[(y * width) + x] = row[(int)((x + 0.5) * labels.Width / width)];
        }

        return new LabelMap(width, height, classes);
    }
}
