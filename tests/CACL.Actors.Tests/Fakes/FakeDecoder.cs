using System.Collections.Concurrent;
using CACL.Actors.Decoding;
using CACL.Data.Catalog;
using CACL.Data.Decoding;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Fills both crops with bytes that tell video, frame and box, and does on request what a decoder may do wrong.</summary>
internal sealed class FakeDecoder(FakeVideos videos) : IPairDecoder
{
    public void Decode(PairRequest request, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        var id = FakeVideos.IdOf(request.Video.Path);
        videos.Calls.Add(id);
        videos.Before?.Invoke(id);
        if (videos.Broken.Contains(id))
            throw new VideoUnusableException(request.Video.Path, UnusableReason.Corrupt, $"{request.Video.Path} is broken.");
        first.Fill((byte)HashCode.Combine(id, request.Frame, request.Box.X));
        second.Fill((byte)HashCode.Combine(id, request.Frame + request.Stride, request.Box.Y));
    }

    public void Dispose() => Interlocked.Increment(ref videos.DisposedDecoders);
}

/// <summary>Videos that exist in name only.</summary>
internal sealed class FakeVideos : IVideoLibrary
{
    public int DisposedDecoders;

    public ConcurrentBag<long> Calls { get; } = [];

    public HashSet<long> Broken { get; init; } = [];

    /// <summary>Runs on the decoder's thread before it decodes a video: may throw or block.</summary>
    public Action<long>? Before { get; set; }

    public static CACL.Data.Sampling.VideoShape[] Shapes(int count) =>
        [.. Enumerable.Range(1, count).Select(id => new CACL.Data.Sampling.VideoShape(id, 100, 64, 48))];

    public static long IdOf(string path) => long.Parse(path.AsSpan(1));

    public VideoRecord Load(long id) => new(
        $"/{id}", 0, "h264", 64, 48, default, 0, CountedBy.Packets,
        new FrameIndex(1, 25, [.. Enumerable.Range(0, 100).Select(i => (long)i)], [0], true));
}
