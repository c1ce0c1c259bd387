using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable RS0030 // this is what others call instead

namespace CACL.Data.Files;

/// <summary>
/// The only place that opens files. A pipe, a socket, a device or a folder is refused by name, and opening never waits: opening a pipe
/// waits for its other end, for ever if there is none, and opening a device may do anything. Symbolic links to files are followed.
/// </summary>
public static partial class RegularFile
{
    private const int Reading = 0x80000 | 0x800 | 0x100; // O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY on Linux x64
    private const int SetFlags = 4; // F_SETFL
    private const int UsualBuffer = 4096;

    /// <summary>Opens a file for reading at positions.</summary>
    /// <exception cref="NotARegularFileException">The path leads to something other than a regular file.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path); // refuses a NUL, which would truncate the name
        // Checked before, since merely opening a device may start something.
        Require(full);
        var descriptor = Open(full, Reading);
        if (descriptor < 0) throw Failure(full, Marshal.GetLastPInvokeError());
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // And checked again, since another file may have been put there in between.
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

    /// <summary>Opens a file for reading text, UTF-8 unless it begins with the byte order mark of another encoding.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static StreamReader OpenText(string path) => new(OpenRead(path));

    /// <summary>Opens a file as <see cref="FileStream"/> does, for example to write it or to hold its lock.</summary>
    /// <exception cref="NotARegularFileException">Something other than a regular file has that name.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Opening the file is not permitted.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize = UsualBuffer)
    {
        RequireUnlessMissing(path);
        return new FileStream(path, mode, access, share, bufferSize);
    }

    /// <summary>Returns all bytes of a file.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static byte[] ReadAllBytes(string path)
    {
        using var handle = OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (length > Array.MaxLength) throw new IOException($"{path} has {length} bytes, more than can be read at once.");
        // The kernel's own files (/proc) report a length of 0, and another program may be writing: read until there is no more.
        using var all = new MemoryStream((int)length);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false);
        stream.CopyTo(all);
        return all.Length == all.Capacity && all.Capacity > 0 ? all.GetBuffer() : all.ToArray();
    }

    /// <summary>Returns the whole text of a file.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static string ReadAllText(string path)
    {
        using var reader = OpenText(path);
        return reader.ReadToEnd();
    }

    /// <summary>Returns the lines of a file. It is opened at once, and read as the lines are requested.</summary>
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

    /// <summary>Checks that a name leads to a regular file, for those who pass the name to a library that opens it.</summary>
    /// <inheritdoc cref="OpenHandle"/>
    public static void Require(string path)
    {
        if (!FileStatus.TryOf(path, out var status, out var error)) throw Failure(path, error);
        if (status.Kind != FileKind.Regular) throw new NotARegularFileException(path, status.Kind);
    }

    /// <summary>Does the same as <see cref="Require"/> for a name that may also be free.</summary>
    /// <exception cref="NotARegularFileException">Something other than a regular file has that name.</exception>
    public static void RequireUnlessMissing(string path)
    {
        if (FileStatus.Of(path) is { Kind: not FileKind.Regular and var kind }) throw new NotARegularFileException(path, kind);
    }

    /// <summary>Returns the exception that .NET's own files throw for a failed call.</summary>
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
