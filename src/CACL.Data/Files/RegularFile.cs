using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable RS0030 // This is what is called instead.

namespace CACL.Data.Files;

/// <summary>
/// The one place that opens files. A pipe, a socket, a device or a folder is refused by name, and the open itself never waits: opening a
/// pipe waits for its other end, for ever if there is none, and a device may do anything. Symbolic links to files are followed.
/// </summary>
public static partial class RegularFile
{
    private const int Reading = 0x80000 | 0x800 | 0x100; // O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY on Linux x64
    private const int SetFlags = 4; // F_SETFL
    private const int UsualBuffer = 4096;

    /// <summary>Opens a file for reading by position.</summary>
    /// <exception cref="NotARegularFileException">It is none.</exception>
    /// <exception cref="IOException">It is missing or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path); // refuses a NUL, which would cut the name short
        // Looked at first, since a device may be set going by being opened at all.
        Require(full);
        var descriptor = Open(full, Reading);
        if (descriptor < 0) throw Failure(full, Marshal.GetLastPInvokeError());
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // And again: what was opened may be another one, put there in between.
            if (FileStatus.Of(descriptor).Kind is not FileKind.Regular and var kind) throw new NotARegularFileException(full, kind);
            _ = SetFlagsOf(descriptor, SetFlags, 0);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static FileStream OpenRead(string path, int bufferSize = UsualBuffer)
    {
        var handle = OpenHandle(path);
        try
        {
            return new FileStream(handle, FileAccess.Read, bufferSize, isAsync: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file for reading text, UTF-8 unless it begins with the mark of another encoding.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static StreamReader OpenText(string path) => new(OpenRead(path));

    /// <summary>Opens a file as <see cref="FileStream"/> does: to write it, to hold its lock.</summary>
    /// <exception cref="NotARegularFileException">Something else than a file has its name.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize = UsualBuffer)
    {
        RequireUnlessMissing(path);
        return new FileStream(path, mode, access, share, bufferSize);
    }

    /// <summary>All bytes of a file.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static byte[] ReadAllBytes(string path)
    {
        using var handle = OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (length > Array.MaxLength) throw new IOException($"{path} has {length} bytes, more than can be read at once.");
        // The kernel's own files (/proc) say that they are empty, and another program may be writing: read until there is no more.
        using var all = new MemoryStream((int)length);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false);
        stream.CopyTo(all);
        return all.Length == all.Capacity && all.Capacity > 0 ? all.GetBuffer() : all.ToArray();
    }

    /// <summary>The whole text of a file.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static string ReadAllText(string path)
    {
        using var reader = OpenText(path);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of a file. It is opened at once and read as they are asked for.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static IEnumerable<string> ReadLines(string path)
    {
        return Lines(OpenText(path));

        static IEnumerable<string> Lines(StreamReader reader)
        {
            using (reader)
            {
                while (reader.ReadLine() is { } line) yield return line;
            }
        }
    }

    /// <summary>Sees to it that a name leads to a file, for whoever hands the name on to a library that opens it.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static void Require(string path)
    {
        if (!FileStatus.TryOf(path, out var status, out var error)) throw Failure(path, error);
        if (status.Kind != FileKind.Regular) throw new NotARegularFileException(path, status.Kind);
    }

    /// <summary>As <see cref="Require"/>, of a name that may also be free.</summary>
    /// <exception cref="NotARegularFileException">Something else than a file has it.</exception>
    public static void RequireUnlessMissing(string path)
    {
        if (FileStatus.Of(path) is { Kind: not FileKind.Regular and var kind }) throw new NotARegularFileException(path, kind);
    }

    /// <summary>A failed call as the exception that .NET's own files throw.</summary>
    private static Exception Failure(string path, int error)
    {
        const int NotPermitted = 1, NoAccess = 13, NameTooLong = 36;
        return error switch
        {
            FileStatus.NoSuchFile when Directory.Exists(Path.GetDirectoryName(path)) =>
                new FileNotFoundException($"Could not find file '{path}'.", path),
            FileStatus.NoSuchFile or FileStatus.NotAFolder =>
                new DirectoryNotFoundException($"Could not find a part of the path '{path}'."),
            NotPermitted or NoAccess => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
            NameTooLong => new PathTooLongException($"The path '{path}' is too long."),
            _ => new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFlagsOf(int descriptor, int command, int flags);
}
