using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>Writes an output file of weights atomically, and never replaces another file unless told to.</summary>
internal static class AtomicWeightsFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="WeightsException">The file exists already, or cannot be written.</exception>
    public static void Write(string path, bool overwrite, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        RequireFree(path, overwrite);
        try
        {
            AtomicFile.Write(path, write, overwrite, durable: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(path, $"{path} could not be written ({e.Message.TrimEnd('.')}). See to it that the folder can be "
                + "written to and has room, or name another file with --out.", e);
        }
    }

    /// <summary>Throws where <see cref="Write"/> would, before work is done for it.</summary>
    /// <exception cref="WeightsException">The file exists already, is a folder, or its folder is missing.</exception>
    public static void RequireFree(string path, bool overwrite)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) throw new WeightsException(path, $"{path} is a folder. Name a file with --out.");
        if (!overwrite && File.Exists(path))
            throw new WeightsException(path, $"{path} is already there. Replace it with --overwrite, or name another file with --out.");
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            throw new WeightsException(path, $"There is no folder {folder} for {Path.GetFileName(path)}. Make it, or name another file "
                + "with --out.");
    }
}
