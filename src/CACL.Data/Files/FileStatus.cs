using System.Runtime.InteropServices;

namespace CACL.Data.Files;

/// <summary>The kind of thing that has a name.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, named or not: opening it waits for another program.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A character or block device.</summary>
    Device,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>
/// Calls statx(2): kind, size, modification time and identity of what a name leads to, links followed. The call opens nothing, and so never
/// waits for a pipe's other end.
/// </summary>
/// <param name="Kind">Kind of thing.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Modification time, in ticks of <see cref="DateTime"/> in UTC.</param>
/// <param name="Identity">What two names of one file (hard links) have in common.</param>
/// <param name="Names">Number of names (hard links).</param>
internal readonly partial record struct FileStatus(FileKind Kind, long Size, long ModifiedTicks, FileIdentity Identity, uint Names)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS

    /// <summary>Returns the status of what a path leads to, or null where there is nothing or access is denied.</summary>
    internal static FileStatus? Of(string path) => TryOf(path, out var status, out _) ? status : null;

    /// <summary>Does the same as <see cref="Of(string)"/>, and returns the system's error number.</summary>
    internal static unsafe bool TryOf(string path, out FileStatus status, out int error)
    {
        Statx found = default;
        // A path with a NUL would be looked up without the rest.
        if (path.Contains('\0', StringComparison.Ordinal)) error = NoSuchFile;
        else error = Look(CurrentFolder, path, 0, BasicStatistics, &found) == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = error == 0 ? found.ToStatus() : default;
        return error == 0;
    }

    /// <summary>Returns the status of an open file.</summary>
    internal static unsafe FileStatus Of(int descriptor)
    {
        Statx found = default;
        if (Look(descriptor, "", OfDescriptor, BasicStatistics, &found) == 0) return found.ToStatus();
        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"An open file does not tell what it is: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>ENOENT.</summary>
    internal const int NoSuchFile = 2;

    /// <summary>ENOTDIR: a part of the path is a file.</summary>
    internal const int NotAFolder = 20;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Look(int folder, string path, int flags, uint mask, Statx* found);

    // linux/stat.h: the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(16)]
        private readonly uint _names;

        [FieldOffset(28)]
        private readonly ushort _mode;

        [FieldOffset(32)]
        private readonly ulong _node;

        [FieldOffset(40)]
        private readonly ulong _size;

        [FieldOffset(112)]
        private readonly long _modifiedSeconds;

        [FieldOffset(120)]
        private readonly uint _modifiedNanoseconds;

        [FieldOffset(136)]
        private readonly uint _deviceMajor;

        [FieldOffset(140)]
        private readonly uint _deviceMinor;

        internal readonly FileStatus ToStatus() => new(
            (_mode & 0xf000) switch
            {
                0x8000 => FileKind.Regular,
                0x4000 => FileKind.Folder,
                0x1000 => FileKind.Pipe,
                0xc000 => FileKind.Socket,
                0x2000 or 0x6000 => FileKind.Device,
                _ => FileKind.Other,
            },
            (long)_size,
            // Computed as .NET's LastWriteTimeUtc computes it.
            DateTime.UnixEpoch.Ticks + (_modifiedSeconds * TimeSpan.TicksPerSecond) + (_modifiedNanoseconds / TimeSpan.NanosecondsPerTick),
            new FileIdentity(_deviceMajor, _deviceMinor, _node),
            _names);
    }
}

/// <summary>The identity of a file, whatever its name: its device, and its inode there.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Node);
