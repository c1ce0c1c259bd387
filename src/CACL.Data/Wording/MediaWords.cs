namespace CACL.Data.Wording;

/// <summary>Words what a collection holds: a still image is handled like a video, but nobody would call it one.</summary>
public static class MediaWords
{
    /// <summary>Where no file is a still image.</summary>
    public const string Videos = "videos";

    /// <summary>Where some files are still images.</summary>
    public const string Both = "videos and images";

    /// <summary>Returns "videos", "images" or "videos and images".</summary>
    /// <param name="stills">How many of the files are still images.</param>
    /// <param name="all">How many files there are.</param>
    public static string Of(int stills, int all) => stills == 0 ? Videos : stills == all ? "images" : Both;
}
