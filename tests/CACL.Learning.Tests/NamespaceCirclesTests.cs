using CACL.Testing;

namespace CACL.Learning.Tests;

public sealed class NamespaceCirclesTests
{
    [Fact]
    public void The_namespaces_form_no_circle() => NamespaceCircles.AssertNone(typeof(CACL.Learning.Methods.Cacl.CaclMethod).Assembly);
}
