using CACL.Learning.Evaluation.Protocols;
using CsCheck;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class EvaluationPlanTests
{
    [Fact]
    public void Smaller_subsets_are_part_of_larger_ones_and_never_empty() =>
        Gen.Select(Gen.Int[1, 300], Gen.Double[0.0001, 1], Gen.Double[0.0001, 1], Gen.ULong).Sample((images, one, other, seed) =>
        {
            var data = new ToyDataSet(images);
            var small = EvaluationSplit.Of(data, "train", 0, Math.Min(one, other), seed).Items;
            var large = EvaluationSplit.Of(data, "train", 0, Math.Max(one, other), seed).Items;
            Assert.NotEmpty(small);
            Assert.Subset(large.ToHashSet(), small.ToHashSet());
            Assert.Equal(large.OrderBy(i => i.Name, StringComparer.Ordinal), large);
            Assert.Equal(images, EvaluationSplit.Of(data, "train", 0, 1, seed).Items.Count);
            Assert.Subset(large.ToHashSet(), EvaluationSplit.Of(data, "train", large.Count, 1, seed).Items.ToHashSet());
        }, iter: 200);

    [Fact]
    public void An_epoch_sees_every_image_once_and_what_is_seen_is_what_epochs_see() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20], Gen.Double[0, 1], Gen.Int[1, 6], Gen.ULong).Sample((images, batch, flip, epochs, seed) =>
        {
            var plan = new EpochSampler(seed, images, batch, flip);
            var seen = new HashSet<(int, bool)>();
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                var batches = plan.Epoch(epoch);
                Assert.Equal(plan.StepsPerEpoch, batches.Length);
                Assert.Equal(Enumerable.Range(0, images), batches.SelectMany(b => b).Order());
                foreach (var image in batches.SelectMany(b => b)) seen.Add((image, plan.IsMirrored(epoch, image)));
            }

            Assert.Equal(seen.Order(), plan.Seen(epochs).Order());
        }, iter: 200);

    [Fact]
    public void Tiles_take_each_pixel_once_from_within_themselves_on_the_features_grid() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[8, 80], Gen.Int[0, 600]).Sample((pixels, eighths, overlap) =>
        {
            var options = new TileOptions(8 * eighths, Math.Min(overlap, (8 * eighths) - 1));
            var at = 0;
            foreach (var tile in Tiling.Along(pixels, options))
            {
                Assert.Equal(at, tile.From);
                Assert.Equal(0, tile.Start % 8);
                Assert.InRange(tile.Start, 0, tile.From);
                Assert.InRange(tile.To, tile.From, tile.Start + tile.Length);
                Assert.InRange(tile.Length, 1, options.Size);
                Assert.InRange(tile.Start + tile.Length, 1, pixels);
                at = tile.To;
            }

            Assert.Equal(pixels, at);
        }, iter: 500);

    [Fact]
    public void An_image_keeps_its_aspect_when_it_is_made_smaller() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 3000], Gen.Int[32, 1000]).Sample((height, width, longest) =>
        {
            var (h, w) = ImageTensor.Shrunk(height, width, longest);
            Assert.Equal(Math.Min(longest, Math.Max(height, width)), Math.Max(h, w));
            var factor = (double)Math.Max(h, w) / Math.Max(height, width);
            Assert.InRange(h, (height * factor) - 0.51, Math.Max(1, (height * factor) + 0.51));
            Assert.InRange(w, (width * factor) - 0.51, Math.Max(1, (width * factor) + 0.51));
            Assert.Equal((height, width), ImageTensor.Shrunk(height, width, 0));
        });
}
