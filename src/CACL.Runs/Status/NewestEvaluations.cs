using System.Text.Json.Nodes;
using CACL.Runs.Folder;

namespace CACL.Runs.Status;

/// <summary>
/// The newest result of each kind of evaluation of a run. The file is read again only after it has changed: those who watch a run ask every
/// second, and a line contains all details of the measurement. Thread-safe.
/// </summary>
/// <param name="run">The run folder, absolute.</param>
public sealed class NewestEvaluations(string run)
{
    private readonly Lock _lock = new();
    private (long Length, DateTime Written)? _seen;
    private JsonArray _held = [];

    /// <summary>Returns the same as <see cref="FolderStatus.Evaluations"/>; the result belongs to the caller.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public JsonArray Read()
    {
        lock (_lock)
        {
            var file = new FileInfo(Path.Combine(run, RunFiles.Evaluations));
            var present = file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
            if (present != _seen)
            {
                _held = FolderStatus.Evaluations(run);
                _seen = present;
            }

            return (JsonArray)_held.DeepClone();
        }
    }
}
