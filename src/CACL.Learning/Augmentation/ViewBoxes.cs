using CACL.Data.Sampling;

namespace CACL.Learning.Augmentation;

/// <summary>Where in its frame each view of a batch lies, for methods that match positions by their places.</summary>
internal static class ViewBoxes
{
    /// <summary>Numbers of a view: x, y, width and height of its box in displayed pixels, and 1 if it is mirrored, else 0.</summary>
    public const int Numbers = 5;

    /// <summary>Returns the numbers of all views v in the samples' order, then of all views v₊: [2B,5], row-major.</summary>
    public static float[] Of(IReadOnlyList<SamplePlan> plans) =>
        [.. plans.Select(plan => plan.View).Concat(plans.Select(plan => plan.ViewPlus)).SelectMany(Of)];

    private static float[] Of(ViewPlan view) =>
        [view.Box.X, view.Box.Y, view.Box.Width, view.Box.Height, view.Flip ? 1 : 0];
}
