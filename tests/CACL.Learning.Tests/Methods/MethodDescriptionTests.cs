using CACL.Learning.Methods.Cacl;

namespace CACL.Learning.Tests.Methods;

public sealed class MethodDescriptionTests
{
    [Fact]
    public void Chance_is_that_of_the_losses_that_are_on_where_they_have_the_same()
    {
        var all = new CaclOptions { QueueSize = 1024, GlobalQueueSize = 64 };
        Assert.Null(all.Describe().Chance);
        Assert.Equal(Math.Log(65), (all with { Heads = Heads.Global }).Describe().Chance!.Value);
        Assert.Equal(Math.Log(1025), (all with { Heads = Heads.Pixel | Heads.Cycle }).Describe().Chance!.Value);
        Assert.Null((all with { Heads = Heads.Cycle }).Describe().Chance);
    }
}
