namespace CACL.Data.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void The_checkout_is_found() => Assert.True(Directory.Exists(CACL.Testing.Workspace.Root));
}
