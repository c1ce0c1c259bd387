using CACL.Configuration.Hocon;
using CACL.Data.Files;

namespace CACL.Node.Settings;

/// <summary>Opens what is named as a file of settings.</summary>
internal static class SettingsFile
{
    /// <summary>A file for reading; what is none is refused and never waited for.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="ConfigurationException">It is a folder, a pipe, a device.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static Stream Open(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (NotARegularFileException e)
        {
            // Of what came through a pipe nothing could be looked up later, and one that nobody writes to would be waited for, for ever.
            var remedy = e.Kind == FileKind.Folder
                ? ""
                : " Settings are read from files only, not from standard input or <(…): write them to a file, or change single keys with "
                    + "--set.";
            throw new ConfigurationException($"{path} is {NotARegularFileException.Words(e.Kind)}, not a configuration file.{remedy}", e);
        }
    }
}
