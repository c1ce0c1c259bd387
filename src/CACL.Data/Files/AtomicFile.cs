using System.Text;

#pragma warning disable RS0030 // this is what others call instead

namespace CACL.Data.Files;

/// <summary>
/// A file that appears under its name complete or not at all: it is written under a hidden name beside it, and renamed when it is complete.
/// If it is disposed before <see cref="Commit"/>, it leaves nothing behind, and whatever had the name before stays.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    /// <summary>
    /// The prefix of the hidden name of every file that is not complete. A killed process leaves such a file, and whoever owns the folder
    /// removes it.
    /// </summary>
    public const string TemporaryPrefix = ".incomplete-";

    private static readonly UTF8Encoding PlainUtf8 = new(encoderShouldEmitUTF8Identifier: false);
    private bool _committed;

    /// <summary>Begins a file, whose folder must exist.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="NotARegularFileException">A folder, a device or something else that is no regular file has that name.</exception>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
        RegularFile.RequireUnlessMissing(Path);
        TemporaryPath = System.IO.Path.Combine(Folder, $"{TemporaryPrefix}{Guid.NewGuid():N}");
    }

    /// <summary>Path of the file, absolute.</summary>
    public string Path { get; }

    /// <summary>Path under which the file is written, by this process or another.</summary>
    public string TemporaryPath { get; }

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="durable">Whether it is flushed to the disk on return, and not only handed to the system.</param>
    /// <exception cref="IOException">The file cannot be written; whatever had the name before is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite = true, bool durable = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new AtomicFile(path);
        file.Fill(write, durable);
        file.Commit(overwrite, durable);
    }

    /// <summary>Writes the file's content, once.</summary>
    /// <param name="write">Writes the content.</param>
    /// <param name="durable">Whether it is flushed to the disk on return.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void Fill(Action<Stream> write, bool durable = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var stream = new FileStream(TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        write(stream);
        if (durable) FileSync.Content(stream);
        else stream.Flush();
    }

    /// <summary>Writes a text file in UTF-8.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteText(string path, string text, bool durable = false) => WriteBytes(path, PlainUtf8.GetBytes(text), durable);

    /// <summary>Writes a file with the given bytes.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteBytes(string path, byte[] bytes, bool durable = false) =>
        Write(path, stream => stream.Write(bytes), durable: durable);

    /// <summary>Tests whether files can be created in a folder; leaves none.</summary>
    /// <exception cref="IOException">Files cannot be created there.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Try(string folder)
    {
        using var file = new AtomicFile(System.IO.Path.Combine(folder, TemporaryPrefix));
        using var stream = new FileStream(file.TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>Gives the complete file its name.</summary>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="durable">Whether the name is flushed to the disk on return. Flushing the content is up to its writer.</param>
    /// <exception cref="IOException">The file cannot be renamed, or the name is taken.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void Commit(bool overwrite = true, bool durable = false)
    {
        // Without permission to replace, a file that was created meanwhile stays.
        File.Move(TemporaryPath, Path, overwrite);
        _committed = true;
        if (durable) FileSync.Folder(Folder);
    }

    /// <summary>Removes the file if it was not committed.</summary>
    public void Dispose()
    {
        if (_committed) return;
        _committed = true;
        try
        {
            File.Delete(TemporaryPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report.
        }
    }

    /// <summary>Removes what killed processes left in a folder to which nobody else is writing.</summary>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void RemoveLeftovers(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, TemporaryPrefix + "*")) File.Delete(path);
    }
}
