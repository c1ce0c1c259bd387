using System.IO.Hashing;
using CACL.Data.Files;

namespace CACL.Data.Batches;

/// <summary>
/// Decoded pairs on the disk that wait until their sample's turn comes, in a file without a name, of which nothing is left however the
/// process ends. What is read back is what was written, or nothing: each pair has a checksum. Thread-safe.
/// </summary>
public sealed class KeptPairs : IDisposable
{
    private readonly FileStream _file;
    private readonly int _bytes;
    private readonly long _places;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (long Place, ulong Sum)> _kept = [];
    private readonly Stack<long> _free = new();
    private long _used;
    private long _asked = -1;
    private int _busy;
    private bool _over;

    /// <summary>Creates an empty file for pairs.</summary>
    /// <param name="folder">An existing folder, on whose file system they wait.</param>
    /// <param name="bytesPerPair">Bytes of a pair.</param>
    /// <param name="space">The most bytes that the file may take.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Creating it is not permitted.</exception>
    public KeptPairs(string folder, long bytesPerPair, long space)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerPair);
        ArgumentOutOfRangeException.ThrowIfNegative(space);
        _bytes = checked((int)bytesPerPair);
        _places = space / bytesPerPair;
        var path = Path.Combine(folder, $".pairs-{Environment.ProcessId}-{Guid.NewGuid():n}");
        _file = RegularFile.Open(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        File.Delete(path);
    }

    /// <summary>Number of pairs that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _kept.Count;
        }
    }

    /// <summary>Keeps a pair until its sample is asked for.</summary>
    /// <param name="sample">The sample's number.</param>
    /// <param name="pair">The pair's bytes.</param>
    /// <returns>False if there is no room, or if the sample was asked for already, or has a pair.</returns>
    /// <exception cref="IOException">The disk is full or fails; the pair is not kept.</exception>
    public bool TryKeep(long sample, ReadOnlySpan<byte> pair)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pair.Length, _bytes);
        if (Place(sample) is not { } place) return false;
        var kept = false;
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, pair, place * _bytes);
            var entry = (place, XxHash3.HashToUInt64(pair));
            lock (_gate) kept = IsOpen(sample) && _kept.TryAdd(sample, entry);
            return kept;
        }
        finally
        {
            Done(kept ? null : place);
        }
    }

    /// <summary>Asks for a sample, in order: nothing is kept for it any more from now on. Returns whether a pair of it waits.</summary>
    public bool Ask(long sample)
    {
        lock (_gate)
        {
            _asked = Math.Max(_asked, sample);
            return _kept.ContainsKey(sample);
        }
    }

    /// <summary>Takes the pair of a sample out of the file.</summary>
    /// <param name="sample">The sample's number.</param>
    /// <param name="pair">Receives the pair's bytes.</param>
    /// <returns>False if none waits, or if the disk does not return what was written.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public bool TryTake(long sample, Span<byte> pair)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pair.Length, _bytes);
        (long Place, ulong Sum) entry;
        lock (_gate)
        {
            if (_over || !_kept.Remove(sample, out entry)) return false;
            _busy++;
        }

        try
        {
            var read = 0;
            var at = entry.Place * _bytes;
            while (read < _bytes && RandomAccess.Read(_file.SafeFileHandle, pair[read..], at + read) is > 0 and var more) read += more;
            return read == _bytes && XxHash3.HashToUInt64(pair) == entry.Sum;
        }
        finally
        {
            Done(entry.Place);
        }
    }

    /// <summary>Returns whether a pair of this sample would be kept.</summary>
    public bool Wants(long sample)
    {
        lock (_gate) return IsOpen(sample) && (_free.Count > 0 || _used < _places);
    }

    /// <summary>Gives up all pairs and the space that they take, at once or when nobody reads or writes any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _kept.Clear();
            if (_busy == 0) _file.Dispose();
        }
    }

    private bool IsOpen(long sample) => !_over && sample > _asked && !_kept.ContainsKey(sample);

    private long? Place(long sample)
    {
        lock (_gate)
        {
            if (!IsOpen(sample)) return null;
            if (!_free.TryPop(out var place))
            {
                if (_used == _places) return null;
                place = _used++;
            }

            _busy++;
            return place;
        }
    }

    private void Done(long? free)
    {
        lock (_gate)
        {
            if (free is { } place) _free.Push(place);
            if (--_busy == 0 && _over) _file.Dispose();
        }
    }
}
