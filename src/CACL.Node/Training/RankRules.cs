using CACL.Data.Wording;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
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
        var method = settings.ToMethod();
        var batch = settings.Training.BatchSize;
        if (batch % ranks != 0)
        {
            throw new UserException(
                $"{SettingNames.BatchSize} is {batch}, which {ranks} ranks cannot share evenly: it is the batch of all of them together. "
                    + $"Take a multiple of {ranks}.");
        }

        if (!method.HasGroupsFor(ranks))
        {
            throw new UserException(
                $"cacl.model.bn-splits is {method.BatchNormSplits}: these groups of the whole batch are shared among {ranks} ranks, each "
                    + $"of which needs at least {method.GroupsTogether}. Take a multiple of {ranks * method.GroupsTogether}.");
        }
    }

    /// <summary>Returns the largest smaller number of ranks that can share the batch and its groups; null: there is none.</summary>
    public static int? Fewer(RunSettings settings, int ranks)
    {
        var method = settings.ToMethod();
        for (var fewer = ranks - 1; fewer > 0; fewer--)
        {
            if (settings.Training.BatchSize % fewer == 0 && method.HasGroupsFor(fewer)) return fewer;
        }

        return null;
    }

    /// <summary>Refuses settings that ranks cannot train on this device. libtorch is loaded.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="device">The device, resolved.</param>
    /// <param name="ranks">Number of ranks.</param>
    /// <param name="onThisMachine">How many of them are on this machine, as far as their launcher says.</param>
    /// <exception cref="UserException">They cannot; the message says what to change.</exception>
    public static void RequireDevice(RunSettings settings, string device, int ranks, int onThisMachine)
    {
        var way = RankExchange.Of(settings.Ranks, device, ranks);
        if (way.IsAlone) return;
        if (way.IsNccl && device == "cpu")
        {
            throw new UserException(
                $"{SettingNames.RankCollectives} is nccl, which exchanges between cards, and this training is on a processor: take auto or "
                + "mpi.");
        }

        if (device != "cpu" && settings.Training.CudaGraph)
        {
            throw new UserException(
                $"{SettingNames.CudaGraph} is on, and a recorded step cannot exchange anything with other ranks: set "
                + $"{SettingNames.CudaGraph}=off.");
        }

        // Where each process is shown cards of its own, they are compared when the ranks meet.
        if (!way.IsNccl || Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is not null) return;
        var cards = settings.Training.Device.Contains(':', StringComparison.Ordinal) ? 1 : DeviceChoice.Cards(LibTorchLoader.Load());
        if (onThisMachine > cards) throw new UserException(NcclRules.SharedCard(0, cards));
    }
}
