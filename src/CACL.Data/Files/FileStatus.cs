using System.Runtime.InteropServices;

namespace CACL.Data.Files;

/// <summary>What lies under a name.</summary>
public enum FileKind
{
    /// <summary>A file with bytes of its own.</summary>
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
/// statx(2): kind, size, time of change and identity of what a name leads to, links followed, in one call that opens nothing and so
/// never waits for a pipe's other end.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Time of last change, ticks of <see cref="DateTime"/> in UTC.</param>
/// <param name="Identity">What two names of one file (hard links) have in common.</param>
/// <param name="Names">How many names (hard links) it has.</param>
internal readonly partial record struct FileStatus(FileKind Kind, long Size, long ModifiedTicks, FileIdentity Identity, uint Names)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS

    /// <summary>The status of what a path leads to; null: there is nothing, or nobody may look.</summary>
    internal static FileStatus? Of(string path) => TryOf(path, out var status, out _) ? status : null;

    /// <summary>As <see cref="Of(string)"/>, with the system's number of the error.</summary>
    internal static unsafe bool TryOf(string path, out FileStatus status, out int error)
    {
        Statx found = default;
        // A path with a NUL in it would be looked up without its rest.
        if (path.Contains('\0', StringComparison.Ordinal)) error = NoSuchFile;
        else error = Look(CurrentFolder, path, 0, BasicStatistics, &found) == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = error == 0 ? found.ToStatus() : default;
        return error == 0;
    }

    /// <summary>The status of an open file.</summary>
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
            // As .NET's LastWriteTimeUtc does.
            DateTime.UnixEpoch.Ticks + (_modifiedSeconds * TimeSpan.TicksPerSecond) + (_modifiedNanoseconds / TimeSpan.NanosecondsPerTick),
            new FileIdentity(_deviceMajor, _deviceMinor, _node),
            _names);
    }
}

/// <summary>A file whatever its name: its disk and its number there.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Node);
