namespace CACL.Learning.Weights;

/// <summary>A file of a checkpoint, as those who fetch a checkpoint from elsewhere must find it.</summary>
/// <param name="Name">The file's name within the checkpoint's folder.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hexadecimal.</param>
public sealed record CheckpointPart(string Name, long Bytes, string Sha256)
{
    /// <summary>
    /// Returns the files of a checkpoint without which its online network cannot be evaluated. The first is its manifest, which states the
    /// hashes of all others, so that the manifest's hash is a name for the whole content.
    /// </summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <exception cref="CheckpointException">The checkpoint is missing, incomplete, of another format, or without such a
    /// network.</exception>
    public static IReadOnlyList<CheckpointPart> ToEvaluate(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return CheckpointReader.Parts(folder, CheckpointRole.Online)
            ?? throw new CheckpointException(
                folder, $"The checkpoint {folder} names no online network, so nothing of it can be evaluated.");
    }
}
