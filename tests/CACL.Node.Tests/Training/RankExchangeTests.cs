using CACL.Node.Settings;
using CACL.Node.Training;

namespace CACL.Node.Tests.Training;

public sealed class RankExchangeTests
{
    [Theory]
    [InlineData("auto", "cpu", 1, "alone")]
    [InlineData("auto", "cuda:0", 1, "alone")]
    [InlineData("mpi", "cuda:0", 1, "alone")]
    [InlineData("auto", "cpu", 2, "on processors over MPI")]
    [InlineData("auto", "cuda:1", 2, "on cards over NCCL")]
    [InlineData("mpi", "cuda:0", 2, "on cards over MPI")]
    [InlineData("nccl", "cuda:0", 2, "on cards over NCCL")]
    [InlineData("nccl", "cuda:0", 1, "on cards over NCCL")]
    public void The_way_follows_from_the_setting_the_device_and_the_number_of_ranks(string setting, string device, int ranks, string way)
    {
        var settings = new RankSettings
        {
            Timeout = TimeSpan.FromMinutes(2),
            Restarts = 0,
            Collectives = Enum.Parse<RankCollectives>(setting, ignoreCase: true),
        };
        var found = RankExchange.Of(settings, device, ranks);
        Assert.Equal(way, found.IsAlone ? "alone" : found.Words);
    }
}
