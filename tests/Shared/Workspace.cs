namespace CACL.Testing;

/// <summary>Finds folders that tests use.</summary>
internal static class Workspace
{
    /// <summary>Root of the checkout: the folder that contains CACL.Actors.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly string SharedFolder = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>
    /// Returns the path of a folder or file in ../shared, which holds data too large for the repository. If it is missing, the test is
    /// skipped and says what belongs there.
    /// </summary>
    public static string Shared(params string[] parts)
    {
        Assert.SkipWhen(Lack(parts) is not null, Lack(parts) ?? "");
        return Path.Combine([SharedFolder, .. parts]);
    }

    /// <summary>Returns what is missing in ../shared and what belongs there, or null if it exists.</summary>
    public static string? Lack(params string[] parts)
    {
        if (Path.Exists(Path.Combine([SharedFolder, .. parts]))) return null;
        var content = parts switch
        {
            ["golden", ..] => "Golden files of more seeds belong there, made by tests/reference/make_golden.py ../shared/golden SEED.",
            ["data", "videos", ..] => "Real clips belong there, any number in any folders.",
            ["data", "torture", ..] => "Odd and damaged videos belong there, with MANIFEST.tsv, as SharedVideosTests.cs reads it.",
            ["data", ..] => "Labelled images belong there: camvid (a folder data set), cityscapes-sample, voc-sample.",
            _ => throw new ArgumentException($"Nobody knows what belongs at {string.Join('/', parts)}."),
        };
        return $"There is no ../shared/{string.Join('/', parts)} beside the checkout. {content}";
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
