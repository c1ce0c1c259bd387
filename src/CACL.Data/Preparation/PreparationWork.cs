using System.Security.Cryptography;
using CACL.Data.Catalog;
using CACL.Data.Files;

namespace CACL.Data.Preparation;

/// <summary>Makes the prepared file of one source at a time, or finds that it is there. Thread-safe.</summary>
internal sealed class PreparationWork(
    VideoCatalog catalog, VideoEncoder encoder, PreparationLedger ledger, string folder, PreparationOptions options)
{
    // What the record, the catalogue and the files being written may still take.
    private const long Reserve = 32 << 20;

    private const int NoSpace = 28; // ENOSPC

    private const int QuotaExceeded = 122; // EDQUOT

    /// <summary>Makes a file if it is not there.</summary>
    /// <param name="item">The source.</param>
    /// <param name="prober">Reads the result.</param>
    /// <param name="cancel">Cancels the operation; an incomplete file is removed.</param>
    /// <returns>What the catalogue is to know about the file, and the bytes that were written now.</returns>
    /// <exception cref="VideoUnusableException">The source cannot be prepared.</exception>
    /// <exception cref="DecoderFaultException">ffmpeg fails through no fault of the source's.</exception>
    /// <exception cref="PreparationException">The disk is full.</exception>
    internal (PreparedVideo Prepared, long Written) Do(PreparationItem item, IVideoProber prober, CancellationToken cancel)
    {
        var (video, stamp, _) = catalog.LoadUnchecked(item.Video.Id);
        stamp.Check(video.Path);
        if (Found(item, video, stamp, prober, cancel) is { } found) return (found, 0);
        try
        {
            return Make(item, video, stamp, prober, cancel);
        }
        catch (VideoUnusableException)
        {
            // A file made of what the source was before would stand for another video.
            if (ledger.Find(item.Place) is { } line && !(IsUntouched(line, video.Path, stamp) && line.SourceSize == stamp.Size))
                File.Delete(Path.Combine(folder, item.Place));
            throw;
        }
    }

    /// <summary>Whether a prepared file is as it was made, of a source of a size.</summary>
    internal static bool IsIntact(LedgerLine line, string target, PreparationFormat format, FileStamp source) =>
        line.Format == format.Text && line.SourceSize == source.Size && FileStamp.Of(target) == new FileStamp(line.Size, line.Modified);

    /// <summary>Whether a source is the very file, untouched, of which a prepared file was made.</summary>
    internal static bool IsUntouched(LedgerLine line, string source, FileStamp stamp) =>
        line.Source == source && line.SourceModified == stamp.ModifiedTicks;

    private PreparedVideo? Found(PreparationItem item, VideoRecord video, FileStamp stamp, IVideoProber prober, CancellationToken cancel)
    {
        var target = Path.Combine(folder, item.Place);
        if (ledger.Find(item.Place) is not { } line || !IsIntact(line, target, options.Format, stamp)) return null;
        var isUntouched = IsUntouched(line, video.Path, stamp);
        // A source that was copied or moved has another time or path and the same content.
        if (!isUntouched && HashOf(video.Path, cancel) != line.SourceSha256) return null;
        VideoRecord record;
        try
        {
            record = prober.Probe(target, options.ProbeDeadline, cancel);
        }
        catch (VideoUnusableException)
        {
            return null;
        }

        if (PreparedCheck.Fault(video, record, options.Format) is not null) return null;
        if (!isUntouched) ledger.Add(line with { Source = video.Path, SourceModified = stamp.ModifiedTicks });
        return Row(item, stamp, new FileStamp(line.Size, line.Modified), record);
    }

    private (PreparedVideo, long) Make(
        PreparationItem item, VideoRecord video, FileStamp stamp, IVideoProber prober, CancellationToken cancel)
    {
        if (options.FreeSpace(folder) < Reserve) throw PreparationException.DiskFull(Path.Combine(folder, item.Place));
        var target = Path.Combine(folder, item.Place);
        try
        {
            FileSync.MakeFolder(Path.GetDirectoryName(target)!);
            using var file = new AtomicFile(target);
            encoder.Encode(video, file.TemporaryPath, most: null, cancel);
            var record = Probe(video, file.TemporaryPath, prober, cancel) with { Path = target };
            var hash = HashOf(video.Path, cancel);
            stamp.Check(video.Path);
            // On the disk before it has its name: after a power failure, too, what has the name is whole.
            using (var written = RegularFile.Open(file.TemporaryPath, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
                FileSync.Content(written);
            file.Commit(durable: true);
            var made = FileStamp.Of(target) ?? throw new IOException($"{target} disappeared as soon as it was made.");
            ledger.Add(new LedgerLine(
                item.Place, video.Path, stamp.Size, stamp.ModifiedTicks, hash, options.Format.Text, video.Frames.Count, made.Size,
                made.ModifiedTicks));
            return (Row(item, stamp, made, record), made.Size);
        }
        catch (IOException error) when (error.HResult is NoSpace or QuotaExceeded)
        {
            throw PreparationException.DiskFull(target, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VideoUnusableException(
                video.Path, UnusableReason.Unreadable, $"{video.Path} cannot be prepared: {error.Message}", error);
        }
    }

    private VideoRecord Probe(VideoRecord video, string made, IVideoProber prober, CancellationToken cancel)
    {
        string fault;
        try
        {
            var record = prober.Probe(made, options.ProbeDeadline, cancel);
            if (PreparedCheck.Fault(video, record, options.Format) is not { } found) return record;
            fault = found;
        }
        catch (VideoUnusableException error)
        {
            fault = error.Message.Replace(made, "it", StringComparison.Ordinal).TrimEnd('.');
        }

        throw new VideoUnusableException(
            video.Path, UnusableReason.Corrupt, $"{video.Path} cannot be prepared: what ffmpeg made of it is of no use, since {fault}.");
    }

    private PreparedVideo Row(PreparationItem item, FileStamp source, FileStamp made, VideoRecord record) =>
        new(item.Video.Id, source.Size, source.ModifiedTicks, options.Format.Text, made.Size, made.ModifiedTicks, record);

    private static string HashOf(string path, CancellationToken cancel)
    {
        using var file = RegularFile.OpenRead(path, bufferSize: 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        while (file.Read(buffer) is > 0 and var count)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
