using CACL.Configuration.Hocon;
using CACL.Data.Files;

namespace CACL.Node.Settings;

/// <summary>Opens a file of settings.</summary>
internal static class SettingsFile
{
    /// <summary>Opens a file for reading; anything that is not a regular file is refused, without waiting for it.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="ConfigurationException">The path leads to a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Stream Open(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (NotARegularFileException e)
        {
            // What came through a pipe could not be looked up later, and one to which nobody writes would be waited for, for ever.
            var remedy = e.Kind == FileKind.Folder
                ? ""
                : " Settings are read from files only, not from standard input or <(…): write them to a file, or change single keys with "
                    + "--set.";
            throw new ConfigurationException($"{path} is {NotARegularFileException.Words(e.Kind)}, not a configuration file.{remedy}", e);
        }
    }
}
