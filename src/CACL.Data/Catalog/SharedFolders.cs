using System.Collections.Concurrent;
using System.Security.Cryptography;
using CACL.Data.Files;

namespace CACL.Data.Catalog;

/// <summary>
/// Folders that several machines have, mounted or copied, each under a path of its own. A file is the same on two of them if it has the
/// same path below a folder, the same size, and the same time of its last change or, as copies often have another, the same content. Whole
/// contents are read only for the latter, once a file. Thread-safe.
/// </summary>
public sealed class SharedFolders
{
    private readonly string[] _prefixes;
    private readonly ConcurrentDictionary<string, (FileStamp Stamp, string Hash)> _hashes = new(StringComparer.Ordinal);

    /// <summary>Names the folders, in the order in which files are looked for.</summary>
    /// <param name="folders">Absolute paths; links in them are resolved where they lead somewhere.</param>
    public SharedFolders(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        _prefixes = [.. folders.Select(folder => (RealPath.Of(folder) ?? Path.GetFullPath(folder)).TrimEnd('/') + '/')];
    }

    /// <summary>Returns how another machine is told of a file; null where none of the folders holds it, or it is gone.</summary>
    /// <param name="path">Absolute path, as a catalogue has it.</param>
    public SharedFile? Describe(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // The innermost folder, should one lie within another.
        var prefix = _prefixes.Where(folder => path.StartsWith(folder, StringComparison.Ordinal)).MaxBy(folder => folder.Length);
        return prefix is not null && FileStamp.Of(path) is { } stamp
            ? new SharedFile(path[prefix.Length..], stamp.Size, stamp.ModifiedTicks)
            : null;
    }

    /// <summary>Finds a file of which another machine told; null where no folder holds it with that size.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public FileHere? Find(SharedFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Path.Contains('\0', StringComparison.Ordinal)) return null;
        string? copy = null;
        foreach (var prefix in _prefixes)
        {
            var path = Path.GetFullPath(file.Path, prefix);
            if (!path.StartsWith(prefix, StringComparison.Ordinal)) continue; // it leads out of the folder
            if (FileStamp.Of(path) is not { } stamp || stamp.Size != file.Size) continue;
            if (stamp.ModifiedTicks == file.ModifiedTicks) return new FileHere(path, null);
            copy ??= path;
        }

        return copy is null ? null : new FileHere(copy, HashOf(copy));
    }

    /// <summary>Returns whether a file has this content.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="hash">SHA-256, in hexadecimal.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public bool IsContent(string path, string hash)
    {
        ArgumentNullException.ThrowIfNull(path);
        return string.Equals(HashOf(path), hash, StringComparison.OrdinalIgnoreCase);
    }

    private string HashOf(string path)
    {
        var stamp = FileStamp.Of(path);
        if (stamp is { } now && _hashes.TryGetValue(path, out var known) && known.Stamp == now) return known.Hash;
        using var file = RegularFile.OpenRead(path, bufferSize: 1 << 16);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (stamp is { } then) _hashes[path] = (then, hash);
        return hash;
    }
}
