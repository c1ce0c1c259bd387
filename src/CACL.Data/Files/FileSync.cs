using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CACL.Data.Files;

/// <summary>System calls of POSIX for durable and atomic changes to folders, which .NET lacks.</summary>
public static partial class FileSync
{
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on Linux x64
    private const int ReadOnlyFile = 0x80000 | 0x800; // O_CLOEXEC | O_NONBLOCK: a pipe of that name must not block
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint Exchange = 2; // RENAME_EXCHANGE
    private const int InvalidArgument = 22;
    private const int NoSuchSystemCall = 38;
    private const int NotSupported = 95;

    /// <summary>Flushes a folder's entries to the disk; without that, a rename may be lost in a power failure.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void Folder(string path)
    {
        Flush(Open(path, ReadOnlyFolder), path);
    }

    /// <summary>
    /// Flushes what was written to a file to the disk. <c>FileStream.Flush(true)</c> passes over errors of the disk: what it did not
    /// take would count as saved.
    /// </summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Content(FileStream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Flush();
        if (Fsync(file.SafeFileHandle) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
            throw Failure("flush", file.Name);
    }

    /// <summary>
    /// Flushes a file that another handle wrote to the disk, with its name. Does nothing if there is none.
    /// </summary>
    /// <exception cref="IOException">The file cannot be opened or flushed.</exception>
    public static void File(string path)
    {
        var descriptor = Open(path, ReadOnlyFile);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == FileStatus.NoSuchFile) return;
        Flush(descriptor, path);
        Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes a folder, with those above it that are missing, and flushes their names to the disk.</summary>
    /// <exception cref="IOException">A folder cannot be made or flushed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void MakeFolder(string path)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null) MakeFolder(parent);
        Directory.CreateDirectory(path);
        if (parent is not null) Folder(parent);
    }

    /// <summary>Renames a file, folder or link, atomically replacing an existing file or link of that name.</summary>
    public static void Rename(string from, string to)
    {
        if (RenamePath(from, to) != 0) throw Failure($"rename {from} to", to);
    }

    /// <summary>Swaps two folders atomically. Returns false where the file system cannot.</summary>
    public static bool TryExchange(string one, string other)
    {
        if (RenameAt(CurrentFolder, one, CurrentFolder, other, Exchange) == 0) return true;
        if (Marshal.GetLastPInvokeError() is InvalidArgument or NotSupported or NoSuchSystemCall) return false;
        throw Failure($"exchange {one} with", other);
    }

    private static void Flush(int descriptor, string path)
    {
        if (descriptor < 0) throw Failure("open", path);
        try
        {
            // Some network file systems have no fsync for folders; they have nothing to flush.
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
                throw Failure("flush", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string verb, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromFolder, string from, int toFolder, string to, uint flags);
}
