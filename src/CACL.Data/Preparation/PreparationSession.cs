using System.Diagnostics;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Files;
using CACL.Data.Wording;

namespace CACL.Data.Preparation;

/// <summary>
/// Prepares the usable videos of a catalogue into a folder, which stays locked until this is disposed. Whatever ends it, complete files are
/// kept and known, incomplete ones are hidden and removed by the next session.
/// </summary>
public sealed class PreparationSession : IDisposable
{
    private readonly VideoCatalog _catalog;
    private readonly Func<IVideoProber> _probers;
    private readonly PreparationOptions _options;
    private readonly string _folder;
    private readonly PreparationLedger _ledger;
    private readonly VideoEncoder _encoder;
    private readonly List<PreparationItem> _open = [];
    private readonly int _videos;

    private PreparationSession(
        VideoCatalog catalog, VideoRoots roots, string folder, Func<IVideoProber> probers, PreparationOptions options, VideoEncoder encoder,
        PreparationLedger ledger)
    {
        (_catalog, _probers, _options, _folder, _encoder, _ledger) = (catalog, probers, options, folder, encoder, ledger);
        var places = new PreparedPlaces(roots, ledger);
        foreach (var (video, stamp, prepared) in catalog.Listed(roots))
        {
            _videos++;
            if (VideoRoots.IsWithin(video.Path, folder)) throw Nested(video.Path, folder);
            var place = places.Of(video.Path);
            var target = Path.Combine(folder, place);
            var (width, height) = options.Format.SizeOf(video.Width, video.Height);
            var isThere = ledger.Find(place) is { } line && PreparationWork.IsIntact(line, target, options.Format, stamp)
                && PreparationWork.IsUntouched(line, video.Path, stamp);
            var isKnown = isThere && video.Prepared is { Fault: null } known && known.Path == target && FileStamp.Of(target) == prepared;
            if (!isKnown) _open.Add(new PreparationItem(video, place, isThere, (long)width * height));
        }
    }

    /// <summary>Opens a folder for the videos of a catalogue. The folder is made if there is none.</summary>
    /// <param name="catalog">The catalogue, which knows the videos. Not owned.</param>
    /// <param name="roots">The videos named.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="probers">Creates a prober for each worker.</param>
    /// <param name="options">How to prepare.</param>
    /// <exception cref="PreparationException">The folder cannot be used, or ffmpeg is missing or lacks the encoder.</exception>
    public static PreparationSession Open(
        VideoCatalog catalog, VideoRoots roots, string folder, Func<IVideoProber> probers, PreparationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(roots);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1);
        var encoder = Encoder(options.Format);
        folder = Made(folder, roots);
        var ledger = PreparationLedger.Open(folder);
        try
        {
            foreach (var below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder))
                AtomicFile.RemoveLeftovers(below);
            return new PreparationSession(catalog, roots, folder, probers, options, encoder, ledger);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Says what is to be done and what it costs, by a small sample.</summary>
    /// <exception cref="PreparationException">The disk is full.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public PreparationEstimate Estimate(CancellationToken cancel)
    {
        List<PreparationItem> missing = [.. _open.Where(item => !item.IsThere)];
        var (sampled, bytes, time) = missing.Count == 0
            ? default
            : new PreparationSample(_catalog, _encoder, _folder, _options).Take(missing, cancel);
        return new PreparationEstimate(_videos, _videos - missing.Count, sampled, bytes, time, _options.FreeSpace(_folder));
    }

    /// <summary>Checks that there is room for what is to be made, and for an error of the estimate.</summary>
    /// <exception cref="PreparationException">There is not.</exception>
    public void RequireSpace(PreparationEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        const double error = 1.2;
        if (estimate.Bytes * error > estimate.FreeBytes)
            throw PreparationException.TooLittleSpace(_folder, estimate.Bytes, estimate.FreeBytes);
    }

    /// <summary>Makes what is missing.</summary>
    /// <param name="progress">Receives the progress several times a second, on the calling thread.</param>
    /// <param name="cancel">Stops; what was made until then is kept, and the next session continues from there.</param>
    /// <exception cref="PreparationException">The disk is full.</exception>
    /// <exception cref="CatalogException">The catalogue cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public PreparationReport Run(IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var work = new PreparationWork(_catalog, _encoder, _ledger, _folder, _options);
        using var workers = new PreparationWorkers(_catalog, _open, work, _probers, _options, progress, cancel);
        var (made, found, bytes, failed) = workers.ToEnd();
        return new PreparationReport(_videos, _videos - _open.Count + found, made, bytes, failed, clock.Elapsed.TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _ledger.Dispose();

    private static VideoEncoder Encoder(PreparationFormat format)
    {
        if (!FfmpegProgram.TryFind(out var program, out var whyNot))
            throw new PreparationException($"Videos cannot be prepared. {whyNot}");
        if (!program!.HasEncoder(format.Encoder))
        {
            throw new PreparationException(
                $"Videos cannot be prepared: {program} has no encoder {format.Encoder}. The ffmpeg of Debian and Ubuntu has it "
                    + "(apt-get install ffmpeg); or choose the other codec with --codec.");
        }

        return new VideoEncoder(program, format);
    }

    private static string Made(string folder, VideoRoots roots)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            RequireApart(folder, roots);
            FileSync.MakeFolder(folder);
            folder = RealPath.Of(folder) ?? folder;
            RequireApart(folder, roots);
            if (!File.Exists(Path.Combine(folder, PreparationLedger.Name)) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new PreparationException(
                    $"The folder {folder} holds files that {CommandLines.PrepareVideos} did not make. Name a new or an empty folder.");
            }

            AtomicFile.Try(folder);
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PreparationException($"The folder {folder} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Checks that a folder for prepared files and the folders of the sources do not lie one in the other.</summary>
    /// <exception cref="PreparationException">They do.</exception>
    public static void RequireApart(string folder, VideoRoots roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        folder = Resolved(folder);
        foreach (var root in roots.Folders)
        {
            if (VideoRoots.IsWithin(folder, root) || VideoRoots.IsWithin(root, folder)) throw Nested(root, folder);
        }
    }

    // What is not there yet has no links in it, but the folders above it may.
    private static string Resolved(string folder) => RealPath.Of(folder) is { } real ? real
        : Path.GetDirectoryName(folder) is { } above ? Path.Combine(Resolved(above), Path.GetFileName(folder))
        : folder;

    private static PreparationException Nested(string source, string folder) => new(
        $"{source} and {folder} lie one in the other, so that sources and prepared files would be taken for each other. Name a folder "
            + "beside the videos.");
}
