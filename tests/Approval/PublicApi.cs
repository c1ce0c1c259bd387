using System.Reflection;
using PublicApiGenerator;

namespace CACL.Testing;

/// <summary>Holds the public API of a library to an approved text, so that no change of it goes unnoticed.</summary>
internal static class PublicApi
{
    /// <summary>Fails if the API differs from tests/PROJECT/PublicApi.approved.txt; what it is now is then written beside it.</summary>
    public static void AssertApproved(Assembly library)
    {
        var folder = Path.Combine(Workspace.Root, "tests", library.GetName().Name + ".Tests");
        var (approved, received) = (Path.Combine(folder, "PublicApi.approved.txt"), Path.Combine(folder, "PublicApi.received.txt"));
        var now = library.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            ExcludeAttributes = ["System.Runtime.CompilerServices.CompilerGeneratedAttribute"],
        }).ReplaceLineEndings("\n");
        if (File.Exists(approved) && File.ReadAllText(approved) == now)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, now);
        Assert.Fail($"The public API of {library.GetName().Name} changed. If that is meant: mv {received} {approved}");
    }
}
