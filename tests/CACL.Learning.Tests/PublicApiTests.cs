using CACL.Testing;

namespace CACL.Learning.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_API_is_the_approved_one() => PublicApi.AssertApproved(typeof(CACL.Learning.Methods.Cacl.CaclMethod).Assembly);
}
