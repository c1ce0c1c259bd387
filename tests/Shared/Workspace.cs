namespace CACL.Testing;

/// <summary>Folders that tests use.</summary>
internal static class Workspace
{
    /// <summary>The checkout's root: the folder that holds CACL.Actors.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of reference data beside the checkout, or null where it is missing.</summary>
    public static string? SharedOrNull { get; } =
        Directory.Exists(Path.Combine(Root, "..", "shared", "golden")) ? Path.GetFullPath(Path.Combine(Root, "..", "shared")) : null;

    /// <summary>A folder or file of the reference data beside the checkout; where it is missing, the test is skipped and says so.</summary>
    public static string Shared(params string[] parts)
    {
        Assert.SkipWhen(SharedOrNull is null, "The reference data (../shared) is not beside this checkout.");
        return Path.Combine([SharedOrNull!, .. parts]);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CACL.Actors.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No CACL.Actors.sln above {AppContext.BaseDirectory}.");
    }
}
