using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CACL.Data.Sampling;
using CACL.Data.Wording;

namespace CACL.Data.Catalog;

/// <summary>
/// The prepared files from which some videos are read. Which ones they are is settled once, so that a training that has begun does not
/// change over to files that are made meanwhile. Thread-safe.
/// </summary>
public sealed class PreparedFiles
{
    // Sorted, and the stamp of each: half of what a dictionary takes for millions of videos.
    private readonly long[] _videos;
    private readonly FileStamp[] _stamps;
    private readonly Action<string> _warn;
    private int _lost;

    private PreparedFiles(long[] videos, FileStamp[] stamps, IReadOnlyList<string> faults, string identity, Action<string> warn)
    {
        (_videos, _stamps, Faults, Identity, _warn) = (videos, stamps, faults, identity, warn);
        Array.Sort(_videos, _stamps);
    }

    /// <summary>Number of videos that are read from prepared files.</summary>
    public int Count => _videos.Length;

    /// <summary>Prepared files that the catalogue knows and that cannot be used, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>
    /// How many of the videos are read from prepared files, and a hash of how those were made and of their sizes: with another identity a
    /// training sees slightly different pixels of the same samples.
    /// </summary>
    public string Identity { get; }

    /// <summary>Returns the prepared files of a training that reads videos from themselves.</summary>
    /// <param name="videos">Number of videos.</param>
    public static PreparedFiles None(int videos) => new([], [], [], Counted(0, videos), _ => { });

    /// <summary>Finds the prepared files of videos that are there and unchanged.</summary>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="videos">The videos, in a fixed order.</param>
    /// <param name="warn">Receives a sentence, once, when a prepared file turns out to be of no use later.</param>
    /// <exception cref="CatalogException">The catalogue cannot be read.</exception>
    public static PreparedFiles Of(VideoCatalog catalog, IReadOnlyCollection<VideoShape> videos, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(videos);
        ArgumentNullException.ThrowIfNull(warn);
        Places? places = null; // most trainings have no prepared file, and ask for no place
        var used = new List<Found>();
        var faults = new List<(int Place, string Sentence)>();
        var formats = new Dictionary<string, string>(StringComparer.Ordinal); // nearly all alike
        catalog.ForEachPrepared((id, prepared, stamp) =>
        {
            if ((places ??= new Places(videos)).Of(id) is not { } place) return;
            if (prepared.Fault is not null) faults.Add((place, $"{prepared.Path} is not used: {prepared.Fault}."));
            else if (FileStamp.Of(prepared.Path) != stamp)
                faults.Add((place, $"{prepared.Path} is not used: it is gone or has changed since it was made."));
            else
            {
                if (!formats.TryGetValue(prepared.Format, out var format)) formats[prepared.Format] = format = prepared.Format;
                used.Add(new Found(place, id, stamp, format));
            }
        });
        used.Sort((one, other) => one.Place.CompareTo(other.Place));
        var counted = Counted(used.Count, videos.Count);
        return new PreparedFiles(
            [.. used.Select(found => found.Video)], [.. used.Select(found => found.Stamp)],
            [.. faults.OrderBy(fault => fault.Place).Select(fault => fault.Sentence)],
            used.Count == 0 ? counted : $"{counted}, sha256 {HashOf(used)}", warn);
    }

    private static string HashOf(List<Found> used)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[12];
        foreach (var found in used)
        {
            BinaryPrimitives.WriteInt32LittleEndian(numbers, found.Place);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[4..], found.Stamp.Size);
            hash.AppendData(numbers);
            hash.AppendData(Encoding.UTF8.GetBytes(found.Format));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Says, the first time, that a video is read from its source although a prepared file was there.</summary>
    /// <param name="source">Path of the source.</param>
    /// <param name="why">Why, as a sentence.</param>
    public void Lost(string source, string why)
    {
        if (Interlocked.Increment(ref _lost) > 1) return;
        _warn($"{why} {source} is read instead, and so are the sources of others like it, without another warning. To prepare what is "
            + $"missing: {CommandLines.PrepareVideos}");
    }

    private static string Counted(int prepared, int videos) =>
        string.Create(CultureInfo.InvariantCulture, $"{prepared} of {videos} videos");

    /// <summary>Returns the stamp of a video's prepared file, or null where it is read from its source.</summary>
    internal FileStamp? StampOf(long video) => Array.BinarySearch(_videos, video) is var at && at >= 0 ? _stamps[at] : null;

    /// <summary>A prepared file that is used, and the place of its video, counted from 1.</summary>
    private readonly record struct Found(int Place, long Video, FileStamp Stamp, string Format);

    /// <summary>Finds the places of videos, counted from 1.</summary>
    private sealed class Places
    {
        private readonly long[] _ids;
        private readonly int[] _places;

        public Places(IReadOnlyCollection<VideoShape> videos)
        {
            _ids = [.. videos.Select(video => video.Id)];
            _places = [.. Enumerable.Range(1, _ids.Length)];
            Array.Sort(_ids, _places);
        }

        public int? Of(long id) => Array.BinarySearch(_ids, id) is var at && at >= 0 ? _places[at] : null;
    }
}
