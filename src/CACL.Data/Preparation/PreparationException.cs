using CACL.Data.Wording;

namespace CACL.Data.Preparation;

/// <summary>Videos cannot be prepared, and no single one of them is at fault. The message consists of sentences with the remedy.</summary>
public sealed class PreparationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PreparationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static PreparationException DiskFull(string file, Exception? inner = null) => new(
        $"The disk of {Path.GetDirectoryName(file)} is full. What was prepared until now is kept. Free space there, then give the same "
            + "command again.",
        inner);

    internal static PreparationException TooLittleSpace(string folder, long needed, long free) => new(
        $"The prepared files take about {ByteSize.Of(needed)}, and the disk of {folder} has {ByteSize.Of(free)} left. Nothing was made. "
            + "Free space there, name another folder, or make the files smaller (--quality, --short-side).");
}
