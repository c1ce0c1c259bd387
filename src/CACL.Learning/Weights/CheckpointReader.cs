using System.Security.Cryptography;
using System.Text.Json;
using CACL.Data.Files;
using CACL.Learning.Method;

namespace CACL.Learning.Weights;

/// <summary>Reads one checkpoint folder: the manifest, then every file against it, then what the files say.</summary>
internal static class CheckpointReader
{
    /// <exception cref="CheckpointException">It is not whole, not intact, or of another format.</exception>
    public static Checkpoint Read(string folder)
    {
        folder = Resolve(folder);
        try
        {
            var manifest = Json<CheckpointManifest>(folder, CheckpointFiles.Manifest);
            CheckFormat(folder, CheckpointFiles.Manifest, manifest.Format);
            CheckFiles(folder, manifest, _ => true);
            var state = Json<CheckpointState>(folder, CheckpointFiles.State);
            CheckFormat(folder, CheckpointFiles.State, state.Format);
            return new Checkpoint(folder, state, new TrainingSnapshot(Tensors(folder), state.Counters));
        }
        catch (SafeTensorsException e)
        {
            throw Damaged(folder, e.Message.TrimEnd('.'), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(folder, $"a file cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Checks one file of a checkpoint against its manifest: for who needs only that one.</summary>
    /// <returns>The folder that a link leads to, and where the run stood.</returns>
    /// <exception cref="CheckpointException">The checkpoint is not whole, this file or state.json not intact, or of another format.</exception>
    public static (string Folder, CheckpointState State) CheckOne(string folder, string name)
    {
        folder = Resolve(folder);
        try
        {
            var manifest = Json<CheckpointManifest>(folder, CheckpointFiles.Manifest);
            CheckFormat(folder, CheckpointFiles.Manifest, manifest.Format);
            CheckFiles(folder, manifest, file => file == name || file == CheckpointFiles.State);
            var state = Json<CheckpointState>(folder, CheckpointFiles.State);
            CheckFormat(folder, CheckpointFiles.State, state.Format);
            return (folder, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(folder, $"a file cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>`latest` is a link: messages should name what it leads to.</summary>
    private static string Resolve(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            throw new CheckpointException(full, $"There is no checkpoint folder {full}.{Earlier(full)}");
        }

        return new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
    }

    private static T Json<T>(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw Damaged(folder, $"{name} is missing: it is not a checkpoint, or was never finished");
        try
        {
            return JsonSerializer.Deserialize<T>(RegularFile.ReadAllBytes(path), CheckpointFiles.Json)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw Damaged(folder, $"{name} is not what this program writes ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static void CheckFormat(string folder, string name, int format)
    {
        if (format == CheckpointState.CurrentFormat) return;
        throw new CheckpointException(
            folder,
            $"{Path.Combine(folder, name)} has format {format}; this program reads format {CheckpointState.CurrentFormat}. Use the version that wrote it.");
    }

    private static void CheckFiles(string folder, CheckpointManifest manifest, Func<string, bool> which)
    {
        var wanted = CheckpointFiles.Tensors.Select(t => t.File).Append(CheckpointFiles.State);
        var files = manifest.Files;
        var listed = files.Select(f => f?.Name ?? "").Order(StringComparer.Ordinal).ToArray();
        if (!wanted.Order(StringComparer.Ordinal).SequenceEqual(listed))
            throw Damaged(folder, $"{CheckpointFiles.Manifest} lists {string.Join(", ", listed)}, not the files of a checkpoint");
        foreach (var file in files.Where(f => which(f.Name)))
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) throw Damaged(folder, $"{file.Name} is missing");
            using var stream = RegularFile.OpenRead(path);
            if (stream.Length != file.Bytes) throw Damaged(folder, $"{file.Name} has {stream.Length} bytes instead of {file.Bytes}");
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != file.Sha256)
                throw Damaged(folder, $"{file.Name} is not what was written (its SHA-256 differs from {CheckpointFiles.Manifest})");
        }
    }

    private static List<SnapshotTensor> Tensors(string folder)
    {
        var tensors = new List<SnapshotTensor>();
        foreach (var (name, prefix) in CheckpointFiles.Tensors)
        {
            using var file = SafeTensorsReader.Open(Path.Combine(folder, name));
            foreach (var entry in file.Entries) tensors.Add(new SnapshotTensor(prefix + entry.Name, entry.Shape, FloatTensors.Read(file, entry)));
        }

        return tensors;
    }

    private static CheckpointException Damaged(string folder, string what, Exception? inner = null) =>
        new(folder, $"The checkpoint {folder} cannot be used: {what}.{Earlier(folder)}", inner: inner);

    /// <summary>The remedy: the other checkpoints of that run, newest first.</summary>
    private static string Earlier(string folder)
    {
        try
        {
            var parent = Path.GetDirectoryName(folder.TrimEnd('/'));
            if (parent is null || !Directory.Exists(parent)) return " Check the path.";
            var others = CheckpointStore.StepsIn(parent).Select(CheckpointFiles.FolderOf).Where(name => name != Path.GetFileName(folder)).Take(3).ToArray();
            return others.Length == 0
                ? $" No other checkpoint lies in {parent}: start the run anew."
                : $" Use another checkpoint of {parent}: {string.Join(", ", others)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
