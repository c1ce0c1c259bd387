using CACL.Data.Wording;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Training;

/// <summary>What several ranks need to train together.</summary>
internal static class RankRules
{
    /// <summary>Refuses settings that so many ranks cannot train.</summary>
    /// <exception cref="UserException">They cannot; the message says what to change.</exception>
    public static void Require(RunSettings settings, int ranks)
    {
        if (ranks == 1) return;
        var (batch, splits) = (settings.Training.BatchSize, settings.Model.BatchNormSplits);
        if (settings.ToMethod().AgainstRanks is { } reason) throw new UserException(reason);
        if (batch % ranks != 0)
        {
            throw new UserException(
                $"{SettingNames.BatchSize} is {batch}, which {ranks} ranks cannot share evenly: it is the batch of all of them together. "
                    + $"Take a multiple of {ranks}.");
        }

        if (splits % ranks != 0)
        {
            throw new UserException(
                $"cacl.model.bn-splits is {splits}: these groups of the whole batch are shared among {ranks} ranks, each of which needs at "
                    + $"least one. Take a multiple of {ranks}; {ranks} is one group a rank.");
        }

        if (settings.Training.Device.StartsWith("cuda", StringComparison.Ordinal)) RequireProcessor(settings.Training.Device, ranks);
    }

    /// <summary>Refuses several ranks on cards.</summary>
    /// <param name="device">The device, resolved.</param>
    /// <param name="ranks">Number of ranks.</param>
    /// <exception cref="UserException">They would train on cards.</exception>
    public static void RequireProcessor(string device, int ranks)
    {
        if (ranks > 1 && device != "cpu")
            throw new UserException($"Several ranks train on processors only, not on {device}: set cacl.training.device=cpu, or train in "
                + "one process.");
    }
}
