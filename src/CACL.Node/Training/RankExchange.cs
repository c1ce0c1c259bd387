using CACL.Learning.Ranks;
using CACL.Node.Settings;

namespace CACL.Node.Training;

/// <summary>The way in which a rank exchanges the tensors of a step with the others, who must go the same.</summary>
/// <param name="OnCards">Whether they train on cards.</param>
/// <param name="IsNccl">Whether they exchange over NCCL.</param>
/// <param name="IsAlone">Whether nothing is exchanged.</param>
internal sealed record RankExchange(bool OnCards, bool IsNccl, bool IsAlone)
{
    /// <summary>Returns the way that the settings choose.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="device">The device, resolved.</param>
    /// <param name="ranks">Number of ranks.</param>
    public static RankExchange Of(RankSettings settings, string device, int ranks)
    {
        var onCards = device != "cpu";
        var isNccl = settings.Collectives switch
        {
            RankCollectives.Nccl => true,
            RankCollectives.Mpi => false,
            _ => onCards && ranks > 1,
        };
        return new RankExchange(onCards, isNccl, ranks == 1 && !isNccl);
    }

    /// <summary>How messages call it: "on cards over NCCL".</summary>
    public string Words => $"on {(OnCards ? "cards" : "processors")} over {(IsNccl ? "NCCL" : "MPI")}";

    /// <summary>Returns what exchanges so.</summary>
    /// <param name="ranks">The ranks, which stay the caller's.</param>
    /// <param name="device">This rank's device, resolved.</param>
    /// <param name="deadline">How long other ranks may keep this one waiting.</param>
    /// <exception cref="NcclUnavailableException">NCCL is not there.</exception>
    public ITensorCollectives Create(ICollectives ranks, string device, TimeSpan deadline) =>
        IsNccl ? NcclTensors.On(ranks, device, deadline) : new HostTensors(ranks);
}
