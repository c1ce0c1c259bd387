using System.Globalization;
using System.Numerics;
using CACL.Data.Wording;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;

namespace CACL.Node.Settings;

/// <summary>
/// Whether queues of negatives suit a number of videos. An epoch takes one pair of each video, so a queue that holds more frames than there
/// are videos holds frames of the very video that is to be told apart from it.
/// </summary>
internal static class QueueAdvice
{
    /// <summary>Returns the number of frames that a queue holds once it is full.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="pixels">Rows that each frame puts into a queue of pixels.</param>
    public static int Frames(QueueSpec queue, int pixels) => queue.Rows == QueueRows.OneAPair ? queue.Size : queue.Size / pixels;

    /// <summary>Returns the smallest number of videos that queues suit.</summary>
    /// <param name="queues">At least one queue.</param>
    /// <param name="pixels">Rows that each frame puts into a queue of pixels.</param>
    public static int LeastVideos(IEnumerable<QueueSpec> queues, int pixels) => queues.Max(queue => Frames(queue, pixels));

    /// <summary>
    /// Returns the key that sets the size of one queue alone; where its head has none of its own, the key of all queues.
    /// </summary>
    public static string Key(QueueSpec queue) =>
        CaclHeads.Names.Contains(queue.Head) ? $"cacl.model.queue-sizes.{queue.Head}" : "cacl.model.queue-size";

    /// <summary>Returns what to warn of, a sentence for each queue that does not suit; none if all do.</summary>
    /// <param name="queues">The queues.</param>
    /// <param name="pixels">Rows that each frame puts into a queue of pixels.</param>
    /// <param name="videos">Number of videos.</param>
    public static IEnumerable<string> Warnings(IEnumerable<QueueSpec> queues, int pixels, int videos) =>
        from queue in queues
        let frames = Frames(queue, pixels)
        where frames > videos
        select Warning(queue, queue.Rows == QueueRows.OneAPair ? 1 : pixels, frames, videos);

    private static string Warning(QueueSpec queue, int rowsPerFrame, int frames, int videos)
    {
        var holds = rowsPerFrame == 1 ? Counted.Of(frames, "frame") : $"{Counted.Of(frames, "frame")} ({rowsPerFrame} rows of each)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The {queue.Head} head's queue of {queue.Size:N0} rows holds {holds}, but there are only {Counted.Of(videos, "video")}: of a "
                + $"pair's negatives, some {(double)queue.Size / videos:0.#} rows (K/N) come from its own video and are false ones. "
                + $"{Key(queue)} = {Most(videos, rowsPerFrame)} or less suits these videos");
    }

    // The largest power of two that holds no more frames than there are videos.
    private static long Most(int videos, int rowsPerFrame) => 1L << BitOperations.Log2((ulong)videos * (ulong)rowsPerFrame);
}
