using System.Globalization;
using CACL.Learning.Methods;
using CACL.Node.Ending;

namespace CACL.Node.Training;

/// <summary>
/// Refuses to start a training that could not be saved: there must be room for two checkpoints, since a new one is complete before an old
/// one is removed.
/// </summary>
internal static class CheckpointRoom
{
    /// <summary>Checks the disk.</summary>
    /// <param name="folder">The folder of checkpoints, which exists.</param>
    /// <param name="method">The method that is to be trained.</param>
    /// <exception cref="UserException">There is less room.</exception>
    public static void Require(string folder, MethodOptions method)
    {
        var size = CheckpointSize.Of(method);
        if (Free(folder) is not { } free || free >= 2 * size) return;
        throw new UserException(
            $"There is no room for two checkpoints in {folder}: each takes {Megabytes(size)} MB, and {Megabytes(free)} MB are free. "
                + "Free space there, or name a run folder on another disk with --run.");
    }

    // Null: the file system does not say.
    private static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
}
