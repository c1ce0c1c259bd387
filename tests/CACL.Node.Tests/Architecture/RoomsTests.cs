using System.Reflection;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;

namespace CACL.Node.Tests.Architecture;

/// <summary>Checks the layers: which project may reference which, and that no folders depend on each other in a cycle.</summary>
public sealed class RoomsTests
{
    private static readonly string[] Projects = ["Data", "Learning", "Runs", "Actors", "Http", "Configuration", "Node"];

    [Fact]
    public void No_folders_form_a_circle()
    {
        var house = new ArchLoader().LoadAssemblies([.. Projects.Select(Load)]).Build();
        var broken = SliceRuleDefinition.Slices()
            .Matching("CACL.(**)")
            .Should()
            .BeFreeOfCycles()
            .Evaluate(house)
            .Where(result => !result.Passed);
        Assert.Empty(broken.Select(result => result.Description));
    }

    [Theory]
    [InlineData("Data", "", "TorchSharp Akka")]
    [InlineData("Learning", "Data", "Akka Serilog Microsoft.AspNetCore")]
    [InlineData("Runs", "Data Learning", "TorchSharp Akka Serilog Microsoft.AspNetCore")]
    [InlineData("Actors", "Data Learning Runs", "Serilog Microsoft.AspNetCore")]
    [InlineData("Http", "Data Learning Runs Actors", "TorchSharp Hocon CACL.Configuration System.CommandLine Spectre")]
    [InlineData("Configuration", "", "TorchSharp Akka Serilog Microsoft.AspNetCore")]
    public void A_project_uses_those_below_it_alone(string project, string below, string foreign)
    {
        var used = Load(project).GetReferencedAssemblies().Select(assembly => assembly.Name!).ToList();
        Assert.Subset(
            below.Split(' ').Select(name => $"CACL.{name}").ToHashSet(),
            used.Where(name => name.StartsWith("CACL.", StringComparison.Ordinal)).ToHashSet());
        Assert.DoesNotContain(
            used, name => foreign.Split(' ').Any(word => name == word || name.StartsWith(word + ".", StringComparison.Ordinal)));
    }

    private static Assembly Load(string project) => Assembly.Load($"CACL.{project}");
}
