using System.Globalization;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;

namespace CACL.Learning.DataParallel;

/// <summary>
/// Compares the ranks' states, which are to be the same to the bit, before the first step and every hundredth after it: ranks that have
/// drifted apart average gradients of different networks, and nothing else would show it.
/// </summary>
internal static class DriftCheck
{
    private const long Every = 100;

    /// <summary>Compares them, if it is time.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="engine">This rank's engine.</param>
    /// <param name="step">The step that is to be taken, counted from 0.</param>
    /// <exception cref="LostRankException">They differ.</exception>
    public static void Make(ICollectives ranks, ITrainingEngine engine, long step)
    {
        if (step % Every != 0) return;
        var all = ranks.GatherEach(engine.Checksum(), "comparing the ranks' states");
        for (var rank = 1; rank < ranks.Size; rank++)
        {
            if (all[rank].AsSpan().SequenceEqual(all[0])) continue;
            throw new LostRankException(string.Create(
                CultureInfo.InvariantCulture,
                $"Rank {rank} has drifted away from rank 0: after {step} steps their networks are no longer the same. Their processors or "
                + $"libraries differ, or one of them miscalculates."))
            {
                IsDrift = true,
            };
        }
    }
}
