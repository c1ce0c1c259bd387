using System.Collections.Concurrent;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Fills both crops with bytes that identify video, frame and box, and fails on request as a decoder may.</summary>
internal sealed class FakeDecoder : IPairDecoder
{
    private readonly FakeVideos _videos;

    public FakeDecoder(FakeVideos videos)
    {
        _videos = videos;
        videos.Decoders.Begin();
    }

    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        var (videos, id) = (_videos, FakeVideos.IdOf(video.Path));
        videos.Calls.Add(id);
        videos.Before?.Invoke(id);
        if (videos.DecodeTime is { } time) Eventually.Pause(time(id));
        videos.BeforeUnlessCancelled?.Invoke(id, cancel);
        if (videos.HeedsCancellation) cancel.ThrowIfCancellationRequested();
        if (videos.Broken.Contains(id))
            throw new VideoUnusableException(video.Path, UnusableReason.Corrupt, $"{video.Path} is broken.");
        first.Fill((byte)HashCode.Combine(id, plan.Frame, plan.View.Box.X));
        second.Fill((byte)HashCode.Combine(id, plan.Frame + plan.Stride, plan.View.Box.Y));
    }

    public void Dispose() => _videos.Decoders.End();
}

/// <summary>Invented videos.</summary>
internal sealed class FakeVideos : IVideoLibrary
{
    /// <summary>Counts the decoders.</summary>
    public Lives Decoders { get; } = new();

    public ConcurrentBag<long> Calls { get; } = [];

    public HashSet<long> Broken { get; init; } = [];

    /// <summary>Called on the decoder's thread before it decodes a video: may throw or block.</summary>
    public Action<long>? Before { get; set; }

    /// <summary>Decoding time of a video; null: none.</summary>
    public Func<long, TimeSpan>? DecodeTime { get; set; }

    /// <summary>Like <see cref="Before"/>, with the decoder's cancellation token.</summary>
    public Action<long, CancellationToken>? BeforeUnlessCancelled { get; set; }

    /// <summary>Whether a decoder looks at its cancellation before it returns.</summary>
    public bool HeedsCancellation { get; set; } = true;

    /// <summary>Runs before the record of a video is looked up, by a decoder or by the pool: may throw or block.</summary>
    public Action<long>? BeforeLoad { get; set; }

    public static CACL.Data.Sampling.VideoShape[] Shapes(int count) =>
        [.. Enumerable.Range(1, count).Select(id => new CACL.Data.Sampling.VideoShape(id, 100, 64, 48))];

    public static long IdOf(string path) => long.Parse(path.AsSpan(1));

    public VideoRecord Load(long id)
    {
        BeforeLoad?.Invoke(id);
        return new VideoRecord(
            $"/{id}", 0, "h264", 64, 48, default, 0, CountedBy.Packets,
            new FrameIndex(1, 25, [.. Enumerable.Range(0, 100).Select(i => (long)i)], [0], true));
    }
}
