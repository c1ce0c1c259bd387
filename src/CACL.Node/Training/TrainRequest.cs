using CACL.Learning.DataParallel;
using CACL.Learning.Ranks;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Training;

/// <summary>A request to <c>cacl train</c>.</summary>
/// <param name="Configuration">The settings; <c>cacl.run.directory</c> may be empty: see <see cref="RunFolder.Name"/>.</param>
/// <param name="Start">What happens to an existing run folder.</param>
/// <param name="InitFrom">Initial weights, absolute path, or null.</param>
internal sealed record TrainRequest(ResolvedConfiguration Configuration, RunStart Start, string? InitFrom)
{
    /// <summary>The ranks that this process, rank 0, trains together with; null: it trains alone.</summary>
    public RankLeader? Leader { get; init; }

    /// <summary>Number of ranks.</summary>
    public int Ranks => Leader?.Ranks.Size ?? 1;

    /// <summary>How many of them are on this machine, as far as their launcher says.</summary>
    public int Processes => Leader is null ? 1 : MpiEnvironment.Own.OnThisMachine;

    /// <summary>The number of this process among them.</summary>
    public int PlaceOnMachine => Leader is null ? 0 : MpiEnvironment.Own.RankOnThisMachine;
}
