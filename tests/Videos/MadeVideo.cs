namespace CACL.Testing;

/// <summary>A file that tests make for one property that videos have.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="What">The property.</param>
/// <param name="Make">Writes the file of this path.</param>
internal sealed record MadeVideo(string Name, string What, Action<string> Make)
{
    /// <summary>ffmpeg's encoders that making it takes.</summary>
    public string[] Encoders { get; init; } = ["libx264"];

    /// <summary>Index of the stream that is the video.</summary>
    public int Stream { get; init; }

    /// <summary>Whether it is a video at all; otherwise it is to be refused.</summary>
    public bool IsVideo { get; init; } = true;
}
