using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;

namespace CACL.Learning.Verification;

/// <summary>A step's views in a golden file, with as much beside them as the file's method looks at.</summary>
internal static class TrainViews
{
    /// <summary>A step's inputs, by a pattern whose group is the step.</summary>
    public const string Inputs = @"^(?:x|x_plus|shifts|shifts_plus|permutation|enqueue_pixels|box|box_plus|flip|flip_plus)\.(\d+)$";

    /// <summary>Returns a rank's views of a step, owned by the caller: all of them where there is one rank.</summary>
    public static Views Of(GoldenFile golden, int step, Precision precision, ITensorCollectives ranks)
    {
        var whole = Of(golden, step, precision);
        if (ranks.IsAlone) return whole;
        using (whole)
        {
            var own = whole.Permutation.Length / ranks.Size;
            var first = ranks.Rank * own;
            T[] Share<T>(IEnumerable<T> all) => [.. all.Skip(first).Take(own)];
            return new Views(
                whole.View.narrow(0, first, own).clone(), whole.ViewPlus.narrow(0, first, own).clone(), Share(whole.Rolls),
                Share(whole.RollsPlus), [.. Enumerable.Range(0, own)], Share(whole.EnqueuePixels))
            {
                Plans = whole.Plans is null ? null : Share(whole.Plans),
                Shuffle = whole.Permutation,
            };
        }
    }

    private static Views Of(GoldenFile golden, int step, Precision precision)
    {
        var batch = (int)golden.Shape($"x.{step}")[0];
        bool Has(string name) => golden.Entries.Any(entry => entry.Name == $"{name}.{step}");
        return new Views(
            golden.Tensor($"x.{step}").to(precision.Exact()),
            golden.Tensor($"x_plus.{step}").to(precision.Exact()),
            Has("shifts") ? golden.Rolls($"shifts.{step}") : [],
            Has("shifts_plus") ? golden.Rolls($"shifts_plus.{step}") : [],
            Has("permutation") ? golden.Ints($"permutation.{step}") : [.. Enumerable.Range(0, batch)],
            Has("enqueue_pixels")
                ? [.. golden.Ints($"enqueue_pixels.{step}").Chunk((int)golden.Shape($"enqueue_pixels.{step}")[1])]
                : [.. Enumerable.Repeat(Array.Empty<int>(), batch)])
        {
            Plans = Has("box") ? Plans(golden, step, batch) : null,
        };
    }

    // Boxes are x, y, width and height.
    private static SamplePlan[] Plans(GoldenFile golden, int step, int batch)
    {
        ViewPlan[] Views(string box, string flip)
        {
            var (boxes, flips) = (golden.Ints($"{box}.{step}").Chunk(4), golden.Ints($"{flip}.{step}"));
            return [.. boxes.Zip(flips, (b, mirrored) => new ViewPlan(new CropBox(b[0], b[1], b[2], b[3]), mirrored != 0, default, 0, 0))];
        }

        var (first, second) = (Views("box", "flip"), Views("box_plus", "flip_plus"));
        return [.. Enumerable.Range(0, batch).Select(i => new SamplePlan(0, i, 0, i, 0, 0, first[i], second[i], []))];
    }
}
