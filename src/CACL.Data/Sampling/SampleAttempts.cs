namespace CACL.Data.Sampling;

/// <summary>
/// The plans that are tried for a sample, one after another, until a video can be decoded. A run draws its pairs from it, and so does
/// whoever wants to know afterwards what a step was trained on.
/// </summary>
public static class SampleAttempts
{
    /// <summary>
    /// Returns the plans of a sample: that of the video whose turn it is, then those of its replacements, as many as there are videos.
    /// </summary>
    /// <param name="planner">The planner.</param>
    /// <param name="epoch">The epoch, counted from 0.</param>
    /// <param name="position">The position in it, counted from 0.</param>
    /// <param name="leavesOut">Whether a video, given by its row of the catalogue, is skipped without an attempt; called when its turn
    /// comes.</param>
    public static IEnumerable<SamplePlan> Of(SamplePlanner planner, int epoch, int position, Func<long, bool> leavesOut)
    {
        ArgumentNullException.ThrowIfNull(planner);
        ArgumentNullException.ThrowIfNull(leavesOut);
        return Plans();

        IEnumerable<SamplePlan> Plans()
        {
            for (var attempt = 0; attempt < planner.Count; attempt++)
            {
                var plan = planner.Plan(epoch, position, attempt);
                if (!leavesOut(plan.VideoId)) yield return plan;
            }
        }
    }
}
