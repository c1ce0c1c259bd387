namespace CACL.Learning.Runtime;

/// <summary>Error messages of libtorch.</summary>
public static class TorchError
{
    private const string Frames = "\nException raised from";

    /// <summary>
    /// Returns a message without the frames of the native stack, which libtorch appends to its sentence; other messages are unchanged.
    /// </summary>
    public static string Sentence(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var end = message.IndexOf(Frames, StringComparison.Ordinal);
        return end < 0 ? message : message[..end].TrimEnd();
    }
}
