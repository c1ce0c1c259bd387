using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Protocols;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class RandomCropTests
{
    [Fact]
    public void Pixels_keep_their_labels_and_beyond_the_image_nothing_is_labelled() =>
        Gen.Select(Gen.Int[4, 40], Gen.Int[4, 40], Gen.Int[4, 40], Gen.Int[4, 40], Gen.Int[0, 1000], Gen.Bool)
            .Sample((imageHeight, imageWidth, height, width, epoch, mirrored) =>
        {
            // At factor 1 nothing is interpolated: each pixel's value is its label plus 1, so 0 marks what lies beyond the border.
            var options = new LimitedOptions { ScaleMin = 1, ScaleMax = 1, FlipProbability = mirrored ? 1 : 0 };
            var classes = Enumerable.Range(0, imageHeight * imageWidth).Select(i => (byte)(i % 251)).ToArray();
            using var scope = NewDisposeScope();
            var image = tensor(classes.SelectMany(_ => new float[] { 0, 0, 0 }).ToArray(), [1, 3, imageHeight, imageWidth]);
            image.add_(tensor(classes, [1, 1, imageHeight, imageWidth], uint8).to(float32)).add_(1);
            var crop = RandomCrop.Draw(3, epoch, 0, imageHeight, imageWidth, height, width, options);
            var (x, labels) = crop.Apply(image, new LabelMap(imageWidth, imageHeight, classes), height, width);
            long[] shape = [1, 3, height, width];
            Assert.Equal(shape, x.shape);
            var pixels = x[0, 2].contiguous().data<float>().ToArray();
            Assert.Equal(pixels.Select(p => p == 0 ? LabelMap.Ignored : (byte)(p - 1)), labels.Classes);
            Assert.Equal(Math.Min(height, imageHeight) * Math.Min(width, imageWidth), labels.Classes.Count(c => c != LabelMap.Ignored));
        }, iter: 100);

    [Fact]
    public void An_image_is_resized_by_a_factor_of_the_range() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 500], Gen.Int[0, 10_000]).Sample((height, width, epoch) =>
        {
            var crop = RandomCrop.Draw(3, epoch, 1, height, width, 64, 64, new LimitedOptions());
            Assert.InRange(crop.Height, Math.Max(1, (int)(height * 0.5)), height * 2);
            Assert.InRange(crop.Width, Math.Max(1, (int)(width * 0.5)), width * 2);
            Assert.InRange(crop.Top, 0, Math.Max(0, crop.Height - 64));
            Assert.InRange(crop.Left, 0, Math.Max(0, crop.Width - 64));
        }, iter: 300);
}
