using System.Collections.Concurrent;
using CACL.Data.Catalog;
using CACL.Data.Decoding;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// Compares a decoder with <see cref="SequentialReference"/> on one video: its first and last pairs, pairs around key frames, and some
/// random ones.
/// </summary>
internal static class ExactnessCheck
{
    public const int Size = 64;
    private const int Stride = 8;
    private const int Neighbours = 3;

    /// <summary>
    /// Maximum mean absolute difference between two ways of scaling the same picture; different pictures of a moving scene differ by more.
    /// </summary>
    public const double MostDifference = 2.5;

    public static TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>Compares a kind of decoder with the reference on many videos, two at a time.</summary>
    /// <param name="paths">The videos.</param>
    /// <param name="prober">Creates a prober.</param>
    /// <param name="decoder">Creates a decoder.</param>
    /// <param name="most">Maximum number of pairs of a video to try.</param>
    public static void AssertExact(
        IReadOnlyList<string> paths, Func<IVideoProber> prober, Func<IPairDecoder> decoder, int most = int.MaxValue)
    {
        SequentialReference.Require();
        Assert.NotEmpty(paths);
        var faults = new ConcurrentBag<string>();
        var cancel = TestContext.Current.CancellationToken;
        Parallel.ForEach(paths, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancel }, path =>
        {
            using var ownProber = prober();
            using var ownDecoder = decoder();
            var record = ownProber.Probe(path, Patience, cancel);
            foreach (var fault in Faults(ownDecoder, record, Stride, most)) faults.Add($"{path}: {fault}");
        });
        Assert.True(faults.IsEmpty, string.Join('\n', faults));
    }

    /// <summary>Returns what is wrong, a line each; empty if every returned frame is the sequential decode's of that index.</summary>
    /// <param name="decoder">Decoder under test.</param>
    /// <param name="video">The video's record.</param>
    /// <param name="stride">Frames between the two of a pair.</param>
    /// <param name="most">Maximum number of pairs to try.</param>
    /// <param name="known">Frames of the sequential decode, <see cref="Size"/>² each, if they are known already.</param>
    /// <param name="mostDifference">Maximum mean absolute difference from the reference's frame.</param>
    public static IEnumerable<string> Faults(
        IPairDecoder decoder, VideoRecord video, int stride, int most = int.MaxValue, IReadOnlyList<byte[]>? known = null,
        double mostDifference = MostDifference)
    {
        var reference = known ?? SequentialReference.Frames(video.Path, video.StreamIndex, Size);
        if (reference.Count != video.Frames.Count)
        {
            yield return $"{video.Frames.Count} frames (counted by {video.CountedBy}) where a sequential decode gives {reference.Count}";
            yield break;
        }

        stride = Math.Min(stride, reference.Count - 1);
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        int[] all = [.. FramesToTry(video, stride)];
        if (all.Length == 0) yield return "no frame was tried";
        foreach (var n in all.Length <= most ? all : all.Where((_, i) => (i + 1) * most / all.Length > i * most / all.Length))
        {
            var plan = CropPlan.Whole(video, n, stride);
            decoder.Decode(video, plan, Size, Patience, first, second, TestContext.Current.CancellationToken);
            if (Fault(reference, first, n, mostDifference) is { } fault) yield return fault;
            if (Fault(reference, second, n + stride, mostDifference) is { } other) yield return $"{other} (second of a pair)";
        }
    }

    private static string? Fault(IReadOnlyList<byte[]> reference, byte[] got, int n, double mostDifference)
    {
        var own = SequentialReference.Difference(got, reference[n]);
        if (own > mostDifference) return $"frame {n} differs from the reference's by {own:0.00}";
        for (var other = Math.Max(0, n - Neighbours); other <= Math.Min(reference.Count - 1, n + Neighbours); other++)
        {
            if (other == n || reference[other].AsSpan().SequenceEqual(reference[n])) continue;
            var difference = SequentialReference.Difference(got, reference[other]);
            if (difference < own) return $"frame {n} looks like frame {other} (difference {difference:0.00} against {own:0.00})";
        }

        return null;
    }

    private static SortedSet<int> FramesToTry(VideoRecord video, int stride)
    {
        var last = video.Frames.Count - 1 - stride;
        var random = new Random(video.Frames.Count * 31 + video.Width);
        var keys = video.Frames.KeyFrames.Where(key => key > 0).ToArray();
        IEnumerable<int> wanted = [0, 1, last - 1, last, .. Enumerable.Range(0, 3).Select(_ => random.Next(last + 1))];
        if (keys.Length > 0)
        {
            var key = keys[random.Next(keys.Length)];
            wanted = [.. wanted, key - 1, key, key + 1, key - stride, keys[^1], keys[^1] - 1];
        }

        return [.. wanted.Where(n => n >= 0 && n <= last)];
    }
}
