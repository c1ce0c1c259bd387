using CACL.Learning.Ranks;
using CACL.Testing;

namespace CACL.Learning.Tests.Ranks;

public sealed class NcclSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_found_where_pip_puts_it_beside_PyTorch()
    {
        const string Name = "libnccl-beside.so.2";
        var lack = NcclStandIn.Compile(_folder.File("nvidia", "nccl", "lib", Name), Name);
        Assert.SkipWhen(lack is not null, lack ?? "");
        new NcclSearch(_folder.File("torch", "lib"), Name).Load();
    }

    [Fact]
    public void Where_there_is_none_the_places_are_named()
    {
        var search = new NcclSearch(_folder.File("torch", "lib"), "libnccl-none.so.2");
        var refusal = Assert.Throws<NcclUnavailableException>(search.Load);
        Assert.Contains(_folder.File("torch", "lib"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("nvidia", "nccl", "lib"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("LD_LIBRARY_PATH", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, Assert.Throws<NcclUnavailableException>((search with { LibTorch = null }).Load).Message);
    }
}
