using System.Globalization;

namespace CACL.Learning.Ranks;

/// <summary>What a launcher of MPI programs tells a process of its place in the environment.</summary>
/// <param name="variable">Returns the value of an environment variable, or null.</param>
public sealed class MpiEnvironment(Func<string, string?> variable)
{
    /// <summary>This process's.</summary>
    public static MpiEnvironment Own { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>
    /// Whether a launcher started this process as one of several: Open MPI's mpirun says how many there are, and a launcher that speaks
    /// PMIx, such as Slurm's srun --mpi=pmix, which of them this is.
    /// </summary>
    public bool IsLaunched => Number("OMPI_COMM_WORLD_SIZE") is { } size ? size > 1 : variable("PMIX_RANK") is { Length: > 0 };

    /// <summary>
    /// How a launcher that Open MPI does not know started this process as one of several, which would not find each other: "Slurm (srun)
    /// started 4 of this program"; null: none did.
    /// </summary>
    public string? Apart
    {
        get
        {
            if (Number("OMPI_COMM_WORLD_SIZE") is not null || IsLaunched) return null;
            (string Launcher, string Count, bool IsThere)[] launchers =
            [
                // The shell of a batch script has SLURM_NTASKS; a task of a step has this.
                ("Slurm (srun)", "SLURM_STEP_NUM_TASKS", variable("SLURM_PROCID") is { Length: > 0 }),
                ("torchrun, or a launcher like it,", "WORLD_SIZE", variable("RANK") is { Length: > 0 }),
                ("A launcher that speaks PMI", "PMI_SIZE", variable("PMI_RANK") is { Length: > 0 }),
            ];
            return launchers.Where(launcher => launcher.IsThere && Number(launcher.Count) > 1)
                .Select(launcher => $"{launcher.Launcher} started {Number(launcher.Count)} of this program").FirstOrDefault();
        }
    }

    /// <summary>The number of this rank, as far as the launcher says it; MPI itself has the last word.</summary>
    public int Rank => Number("OMPI_COMM_WORLD_RANK") ?? Number("PMIX_RANK") ?? 0;

    /// <summary>How many ranks the launcher started on this machine; 1 where it does not say.</summary>
    public int OnThisMachine => Number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? 1;

    /// <summary>
    /// The number of this rank among those on this machine, from 0, as Open MPI, Slurm or torchrun say it; its own number where none does.
    /// </summary>
    public int RankOnThisMachine =>
        Number("OMPI_COMM_WORLD_LOCAL_RANK") ?? Number("SLURM_LOCALID") ?? Number("LOCAL_RANK") ?? Rank;

    private int? Number(string name) =>
        int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
