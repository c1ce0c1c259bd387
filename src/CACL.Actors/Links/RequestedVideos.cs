using CACL.Data.Catalog;

namespace CACL.Actors.Links;

/// <summary>A worker's library: the videos of the requests that it has, as the training described them. Thread-safe.</summary>
internal sealed class RequestedVideos : IVideoLibrary
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (VideoRecord Video, int Requests)> _videos = [];

    /// <summary>Holds a video until it is let go as often as it was held.</summary>
    public void Hold(long id, VideoRecord video)
    {
        lock (_gate) _videos[id] = (video, _videos.GetValueOrDefault(id).Requests + 1);
    }

    /// <summary>Lets a video go.</summary>
    public void LetGo(long id)
    {
        lock (_gate)
        {
            if (_videos[id] is { Requests: > 1 } held) _videos[id] = held with { Requests = held.Requests - 1 };
            else _videos.Remove(id);
        }
    }

    /// <inheritdoc/>
    public VideoRecord Load(long id)
    {
        lock (_gate)
        {
            return _videos.TryGetValue(id, out var held)
                ? held.Video
                : throw new VideoUnusableException($"video {id}", UnusableReason.Unreadable, $"Nobody asks for video {id} any more.");
        }
    }
}
