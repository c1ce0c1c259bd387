using CACL.Data.Catalog;
using CACL.Data.Files;

namespace CACL.Data.Preparation;

/// <summary>
/// Makes the beginnings of a few files, evenly spread over all, as many at a time as the preparation will, and concludes from their size
/// and time what the whole will take.
/// </summary>
internal sealed class PreparationSample(VideoCatalog catalog, VideoEncoder encoder, string folder, PreparationOptions options)
{
    /// <summary>Takes the sample, and removes what it made.</summary>
    /// <param name="missing">The files to be made.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Number of beginnings, and the bytes and the time of all files; zeros if no beginning could be made.</returns>
    /// <exception cref="PreparationException">The disk is full.</exception>
    internal (int Sampled, long Bytes, TimeSpan Time) Take(IReadOnlyList<PreparationItem> missing, CancellationToken cancel)
    {
        var count = Math.Min(missing.Count, Math.Max(options.SampledFiles, 2 * options.Parallelism));
        var (gate, sampled, bytes, pixels, cost) = (new Lock(), 0, 0L, 0.0, 0.0);
        var began = TimeProvider.System.GetTimestamp();
        Parallel.For(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancel },
            place =>
            {
                var item = missing[(int)((long)place * missing.Count / count)];
                if (SizeOfBeginning(item, cancel) is not var (frames, size)) return;
                lock (gate)
                {
                    sampled++;
                    bytes += size;
                    pixels += (double)frames * item.Pixels;
                    cost += item.Cost(frames);
                }
            });
        if (sampled == 0) return default;
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var allPixels = missing.Sum(item => (double)item.Video.Frames * item.Pixels);
        var allCost = missing.Sum(item => item.Cost(item.Video.Frames));
        return (sampled, (long)(bytes / pixels * allPixels), TimeSpan.FromSeconds(Math.Min(seconds / cost * allCost, 1e9)));
    }

    private (int Frames, long Size)? SizeOfBeginning(PreparationItem item, CancellationToken cancel)
    {
        try
        {
            var (video, stamp, _) = catalog.LoadUnchecked(item.Video.Id);
            stamp.Check(video.Path);
            var frames = Math.Min(video.Frames.Count, options.SampledFrames);
            using var file = new AtomicFile(Path.Combine(folder, "sample"));
            encoder.Encode(video, file.TemporaryPath, frames, cancel);
            return FileStamp.Of(file.TemporaryPath) is { } made ? (frames, made.Size) : null;
        }
        catch (Exception error) when (error is VideoUnusableException or DecoderFaultException)
        {
            return null; // its turn will come, and its fault be told
        }
    }
}
