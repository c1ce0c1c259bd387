namespace CACL.Learning.Runtime;

/// <summary>What libtorch says when something fails.</summary>
public static class TorchError
{
    private const string Frames = "\nException raised from";

    /// <summary>A message without the frames of the native stack, which libtorch appends to its sentence; others as they are.</summary>
    public static string Sentence(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var end = message.IndexOf(Frames, StringComparison.Ordinal);
        return end < 0 ? message : message[..end].TrimEnd();
    }
}
