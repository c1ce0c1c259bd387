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
    private readonly Dictionary<long, FileStamp> _stamps;
    private readonly Action<string> _warn;
    private int _lost;

    private PreparedFiles(Dictionary<long, FileStamp> stamps, IReadOnlyList<string> faults, string identity, Action<string> warn)
    {
        (_stamps, Faults, Identity, _warn) = (stamps, faults, identity, warn);
    }

    /// <summary>Number of videos that are read from prepared files.</summary>
    public int Count => _stamps.Count;

    /// <summary>Prepared files that the catalogue knows and that cannot be used, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>
    /// How many of the videos are read from prepared files, and a hash of how those were made and of their sizes: with another identity a
    /// training sees slightly different pixels of the same samples.
    /// </summary>
    public string Identity { get; }

    /// <summary>Returns the prepared files of a training that reads videos from themselves.</summary>
    /// <param name="videos">Number of videos.</param>
    public static PreparedFiles None(int videos) => new([], [], Counted(0, videos), _ => { });

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
        var known = catalog.Listed().Where(listed => listed.Video.Prepared is not null).ToDictionary(listed => listed.Video.Id);
        var stamps = new Dictionary<long, FileStamp>();
        var faults = new List<string>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[12];
        var place = 0;
        foreach (var video in videos)
        {
            place++;
            if (!known.TryGetValue(video.Id, out var listed)) continue;
            var prepared = listed.Video.Prepared!;
            if (prepared.Fault is not null)
            {
                faults.Add($"{prepared.Path} is not used: {prepared.Fault}.");
            }
            else if (FileStamp.Of(prepared.Path) != listed.Prepared)
            {
                faults.Add($"{prepared.Path} is not used: it is gone or has changed since it was made.");
            }
            else
            {
                stamps[video.Id] = listed.Prepared!.Value;
                BinaryPrimitives.WriteInt32LittleEndian(numbers, place);
                BinaryPrimitives.WriteInt64LittleEndian(numbers[4..], prepared.Size);
                hash.AppendData(numbers);
                hash.AppendData(Encoding.UTF8.GetBytes(prepared.Format));
            }
        }

        var counted = Counted(stamps.Count, videos.Count);
        var identity = stamps.Count == 0 ? counted : $"{counted}, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
        return new PreparedFiles(stamps, faults, identity, warn);
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
    internal FileStamp? StampOf(long video) => _stamps.TryGetValue(video, out var stamp) ? stamp : null;
}
