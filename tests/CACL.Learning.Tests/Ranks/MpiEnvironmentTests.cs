using CACL.Learning.Ranks;

namespace CACL.Learning.Tests.Ranks;

public sealed class MpiEnvironmentTests
{
    [Theory]
    [InlineData("", false, 0, 1)]
    [InlineData("OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 PMIX_RANK=0", false, 0, 1)]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_LOCAL_SIZE=2 PMIX_RANK=3", true, 3, 2)]
    [InlineData("PMIX_RANK=5", true, 5, 1)]
    [InlineData("SLURM_NTASKS=8 SLURM_PROCID=0", false, 0, 1)] // a batch script's own shell has these, too
    [InlineData("OMPI_COMM_WORLD_SIZE=many PMIX_RANK=", false, 0, 1)]
    public void It_says_whether_a_launcher_started_this_process_as_one_of_several(string variables, bool launched, int rank, int here)
    {
        var environment = Of(variables);
        Assert.Equal((launched, rank, here), (environment.IsLaunched, environment.Rank, environment.OnThisMachine));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("SLURM_NTASKS=8 SLURM_PROCID=0", null)]
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0", null)]
    [InlineData("SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2", "Slurm (srun) started 4 of this program")]
    [InlineData("SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2 PMIX_RANK=2", null)] // srun --mpi=pmix
    [InlineData("SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2 OMPI_COMM_WORLD_SIZE=1", null)] // mpirun -n 1 within
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=node1", "torchrun, or a launcher like it, started 2 of this program")]
    [InlineData("RANK=0 WORLD_SIZE=1", null)]
    [InlineData("WORLD_SIZE=2", null)]
    [InlineData("PMI_RANK=1 PMI_SIZE=3", "A launcher that speaks PMI started 3 of this program")]
    public void It_says_who_started_several_that_would_not_find_each_other(string variables, string? words) =>
        Assert.Equal(words, Of(variables).Apart);

    [Fact]
    public void A_process_that_has_ended_is_gone_and_one_that_took_its_number_is_another()
    {
        var own = PeerProcess.Own();
        Assert.Equal(own, PeerProcess.Of(own.ToBytes()));
        Assert.False(own.IsGone(own));
        Assert.True((own with { Id = int.MaxValue }).IsGone(own));
        Assert.True((own with { Began = "1" }).IsGone(own));
        Assert.False((own with { Id = int.MaxValue, Space = "elsewhere" }).IsGone(own));
        Assert.Equal($"process {Environment.ProcessId} on {Environment.MachineName}", own.Words);
    }

    private static MpiEnvironment Of(string variables)
    {
        var given = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('='))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return new MpiEnvironment(name => given.GetValueOrDefault(name));
    }
}
