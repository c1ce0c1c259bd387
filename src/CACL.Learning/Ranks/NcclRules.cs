using CACL.Data.Wording;

namespace CACL.Learning.Ranks;

/// <summary>What NCCL cannot do, in sentences for people.</summary>
public static class NcclRules
{
    /// <summary>Two ranks have the same card.</summary>
    public static string SharedCard(int rank, int other) =>
        $"Ranks {rank} and {other} would share a card, which NCCL cannot: start at most as many ranks on a machine as it has cards, or set "
        + $"{SettingNames.RankCollectives}=mpi, where ranks that share a card exchange through the host's memory.";
}
