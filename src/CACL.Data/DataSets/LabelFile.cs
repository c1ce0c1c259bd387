using CACL.Data.DataSets.Png;
using CACL.Data.Files;

namespace CACL.Data.DataSets;

/// <summary>Reads a label file as numbers.</summary>
internal static class LabelFile
{
    /// <summary>Returns the numbers of a label's pixels.</summary>
    /// <exception cref="DataSetException">The file is missing, too large, or not a complete PNG of class indices.</exception>
    public static IndexMap Read(string path)
    {
        try
        {
            return IndexPng.Read(Bytes(path));
        }
        catch (PngException e)
        {
            throw new DataSetException(path, $"The label {path} {e.Message}.", e);
        }
    }

    /// <summary>Returns a label file's bytes as they are on disk.</summary>
    /// <exception cref="DataSetException">The file is missing, too large, or cannot be read.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            RegularFile.Require(path);
            var length = new FileInfo(path).Length;
            if (length > ImageLimits.LabelBytes)
                throw new DataSetException(path,
                    $"The label {path} has {length:N0} bytes; at most {ImageLimits.LabelBytes:N0} are read.");
            return RegularFile.ReadAllBytes(path);
        }
        catch (NotARegularFileException e)
        {
            throw new DataSetException(path, $"The label {path} is {NotARegularFileException.Words(e.Kind)}.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataSetException(path, $"The label {path} is missing.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException(path, $"The label {path} cannot be read: {e.Message}", e);
        }
    }
}
