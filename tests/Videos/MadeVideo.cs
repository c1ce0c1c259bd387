namespace CACL.Testing;

/// <summary>A file that tests make because of one property.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="What">The property.</param>
/// <param name="Make">Writes the file of this path.</param>
internal sealed record MadeVideo(string Name, string What, Action<string> Make)
{
    /// <summary>The encoders of ffmpeg that it needs.</summary>
    public string[] Encoders { get; init; } = ["libx264"];

    /// <summary>Index of the video stream.</summary>
    public int Stream { get; init; }

    /// <summary>Whether it is a still image, which counts as a video of one frame.</summary>
    public bool IsStill { get; init; }

    /// <summary>Whether it is a video; otherwise probers must reject it.</summary>
    public bool IsVideo { get; init; } = true;
}
