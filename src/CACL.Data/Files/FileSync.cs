using System.Runtime.InteropServices;

namespace CACL.Data.Files;

/// <summary>What POSIX offers for durable and atomic changes of folders and .NET does not.</summary>
public static partial class FileSync
{
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on Linux x64
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint Exchange = 2; // RENAME_EXCHANGE
    private const int InvalidArgument = 22;
    private const int NoSuchSystemCall = 38;
    private const int NotSupported = 95;

    /// <summary>Returns when the folder's entries are on the disk: a rename alone may be lost with the power.</summary>
    /// <exception cref="IOException">It cannot be opened or flushed.</exception>
    public static void Folder(string path)
    {
        var descriptor = Open(path, ReadOnlyFolder);
        if (descriptor < 0) throw Failure("open", path);
        try
        {
            // Some network file systems know no fsync of a folder; they have nothing to flush.
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
                throw Failure("flush", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Renames a file, folder or link; an existing file or link of that name is replaced in the same instant.</summary>
    public static void Rename(string from, string to)
    {
        if (RenamePath(from, to) != 0) throw Failure($"rename {from} to", to);
    }

    /// <summary>Swaps two folders in one instant. False where the file system cannot.</summary>
    public static bool TryExchange(string one, string other)
    {
        if (RenameAt(CurrentFolder, one, CurrentFolder, other, Exchange) == 0) return true;
        if (Marshal.GetLastPInvokeError() is InvalidArgument or NotSupported or NoSuchSystemCall) return false;
        throw Failure($"exchange {one} with", other);
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

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromFolder, string from, int toFolder, string to, uint flags);
}
