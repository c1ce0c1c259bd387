using System.Text;

#pragma warning disable RS0030 // This is what is called instead.

namespace CACL.Data.Files;

/// <summary>
/// A file that appears under its name whole or not at all: it is written under a hidden name beside, and renamed when it is complete.
/// Disposed before <see cref="Commit"/>, it leaves nothing behind, and what had the name before stays.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    /// <summary>
    /// Begins the hidden name of every file that is not complete. A killed process leaves one; whoever owns the folder removes it.
    /// </summary>
    public const string TemporaryPrefix = ".incomplete-";

    private static readonly UTF8Encoding PlainUtf8 = new(encoderShouldEmitUTF8Identifier: false);
    private bool _committed;

    /// <summary>Begins a file; its folder must be there.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <exception cref="NotARegularFileException">A folder, a device or something else that is no file has that name.</exception>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
        RegularFile.RequireUnlessMissing(Path);
        TemporaryPath = System.IO.Path.Combine(Folder, $"{TemporaryPrefix}{Guid.NewGuid():N}");
    }

    /// <summary>Where it is to be, absolute.</summary>
    public string Path { get; }

    /// <summary>Where it is written, by this process or another.</summary>
    public string TemporaryPath { get; }

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="durable">Whether it is on the disk itself on return, and not only handed to the system.</param>
    /// <exception cref="IOException">It cannot be written; what had the name before is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite = true, bool durable = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new AtomicFile(path);
        file.Fill(write, durable);
        file.Commit(overwrite, durable);
    }

    /// <summary>Writes its content, once.</summary>
    /// <param name="write">Writes it.</param>
    /// <param name="durable">Whether it is on the disk itself on return.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void Fill(Action<Stream> write, bool durable = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var stream = new FileStream(TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        write(stream);
        stream.Flush(flushToDisk: durable);
    }

    /// <summary>Writes a file of text, UTF-8.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteText(string path, string text, bool durable = false) => WriteBytes(path, PlainUtf8.GetBytes(text), durable);

    /// <summary>Writes a file of bytes.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteBytes(string path, byte[] bytes, bool durable = false) =>
        Write(path, stream => stream.Write(bytes), durable: durable);

    /// <summary>Sees whether a folder takes files, and leaves none.</summary>
    /// <exception cref="IOException">It does not.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Try(string folder)
    {
        using var file = new AtomicFile(System.IO.Path.Combine(folder, TemporaryPrefix));
        using var stream = new FileStream(file.TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>Gives the complete file its name.</summary>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="durable">Whether the name is on the disk on return. The content is the writer's to flush.</param>
    /// <exception cref="IOException">It cannot be renamed, or the name is taken.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void Commit(bool overwrite = true, bool durable = false)
    {
        // Without leave to replace, a file that came meanwhile stays.
        File.Move(TemporaryPath, Path, overwrite);
        _committed = true;
        if (durable) FileSync.Folder(Folder);
    }

    /// <summary>Removes what was begun and not committed.</summary>
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
            // The error that led here is the one to tell.
        }
    }

    /// <summary>Removes what killed processes left in a folder that nobody else writes to now.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void RemoveLeftovers(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, TemporaryPrefix + "*")) File.Delete(path);
    }
}
