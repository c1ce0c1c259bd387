using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>Writes the files of a checkpoint into a new folder, and returns when all are flushed to the disk.</summary>
internal static class CheckpointWriter
{
    public static void Write(string folder, CheckpointState state, TrainingSnapshot snapshot, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var files = new List<ManifestEntry>();
        foreach (var (name, tensors) in CheckpointFiles.Distribute(snapshot, state.Files))
        {
            cancel.ThrowIfCancellationRequested();
            files.Add(Tensors(Path.Combine(folder, name), tensors, state.Step));
        }

        files.Add(Json(Path.Combine(folder, CheckpointFiles.State), state));
        // The manifest comes last: a folder without one is not a checkpoint, whatever else it contains.
        Json(Path.Combine(folder, CheckpointFiles.Manifest), new CheckpointManifest(CheckpointState.CurrentFormat, [.. files]));
        FileSync.Folder(folder);
    }

    private static ManifestEntry Tensors(string path, List<SnapshotTensor> tensors, long step)
    {
        using var file = new HashingStream(path);
        SafeTensorsWriter.Write(file, path, tensors.Select(FloatTensors.Item), CheckpointFiles.Metadata(step));
        return file.Finish();
    }

    private static ManifestEntry Json<T>(string path, T value)
    {
        using var file = new HashingStream(path);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(value, CheckpointFiles.Json));
        return file.Finish();
    }
}
