namespace CACL.Node.Configuration;

/// <summary>Paths as users write them.</summary>
internal static class FilePaths
{
    /// <summary>The absolute path; a leading <c>~/</c> is the home folder; an empty text stays empty.</summary>
    public static string Absolute(string path)
    {
        if (path.Length == 0) return "";
        if (path.StartsWith("~/", StringComparison.Ordinal))
        {
            path = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..]);
        }

        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }
}
