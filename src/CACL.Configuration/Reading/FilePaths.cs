namespace CACL.Configuration.Reading;

/// <summary>Paths as users write them.</summary>
public static class FilePaths
{
    /// <summary>Returns the absolute path; a leading <c>~/</c> is the home folder; an empty text stays empty.</summary>
    public static string Absolute(string path)
    {
        if (path.Length == 0) return "";
        if (path.StartsWith("~/", StringComparison.Ordinal))
        {
            path = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..]);
        }

        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    /// <summary>Returns a path for people: relative to the current folder if it is below it, otherwise absolute.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
    }
}
