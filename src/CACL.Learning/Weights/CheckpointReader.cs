using System.Security.Cryptography;
using System.Text.Json;
using CACL.Data.Files;


namespace CACL.Learning.Weights;

/// <summary>Reads a checkpoint folder: the manifest, then every file against it, then the content of the files.</summary>
internal static class CheckpointReader
{
    // The setting that stated the padding before the architecture did.
    private const string FormerPadding = "cacl.model.padding";

    /// <exception cref="CheckpointException">The checkpoint is incomplete, damaged, or of another format.</exception>
    public static Checkpoint Read(string folder)
    {
        folder = Resolve(folder);
        return Guarded(folder, () =>
        {
            var (manifest, state) = Begin(folder);
            foreach (var file in state.Files) CheckFile(folder, manifest, file.Name);
            return new Checkpoint(folder, state, new TrainingSnapshot(Tensors(folder, state.Files), state.Counters));
        });
    }

    /// <summary>Reads where the run stood and which files there are; only the manifest and state.json are verified.</summary>
    /// <returns>The folder to which a link leads, and the state.</returns>
    /// <exception cref="CheckpointException">The checkpoint is incomplete, state.json is damaged, or the format is another.</exception>
    public static (string Folder, CheckpointState State) State(string folder)
    {
        folder = Resolve(folder);
        return Guarded(folder, () => (folder, Begin(folder).State));
    }

    /// <summary>
    /// Does the same as <see cref="State"/>, and finds the one network of a checkpoint that is requested, for those who need only that.
    /// </summary>
    /// <returns>The network's file, verified; null if this method has no such network.</returns>
    /// <exception cref="CheckpointException">The checkpoint is incomplete, the file or state.json is damaged, or the format is
    /// another.</exception>
    public static (string? File, CheckpointState State) Network(string folder, CheckpointRole role)
    {
        folder = Resolve(folder);
        return Guarded(folder, () =>
        {
            var (manifest, state) = Begin(folder);
            if (state.Files.FirstOrDefault(file => file.Role == role)?.Name is not { } name) return (null, state);
            CheckFile(folder, manifest, name);
            return ((string?)Path.Combine(folder, name), state);
        });
    }

    /// <summary>Returns the files without which the network of a checkpoint cannot be read, as the manifest lists them.</summary>
    /// <returns>The manifest first, then what it vouches for; null if this method has no such network.</returns>
    /// <exception cref="CheckpointException">The checkpoint is incomplete, state.json is damaged, or the format is another.</exception>
    public static IReadOnlyList<CheckpointPart>? Parts(string folder, CheckpointRole role)
    {
        folder = Resolve(folder);
        return Guarded(folder, () =>
        {
            var (manifest, state) = Begin(folder);
            if (state.Files.FirstOrDefault(file => file.Role == role)?.Name is not { } name) return null;
            var bytes = RegularFile.ReadAllBytes(Path.Combine(folder, CheckpointFiles.Manifest));
            return (IReadOnlyList<CheckpointPart>?)
            [
                new CheckpointPart(CheckpointFiles.Manifest, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))),
                .. manifest.Files.Where(file => file.Name == CheckpointFiles.State || file.Name == name)
                    .Select(file => new CheckpointPart(file.Name, file.Bytes, file.Sha256)),
            ];
        });
    }

    /// <summary>
    /// Returns the name of the online network's file in a folder, according to its state.json if there is one that can be read; nothing is
    /// verified.
    /// </summary>
    public static string OnlineName(string folder)
    {
        try
        {
            var state = JsonSerializer.Deserialize<CheckpointState>(
                RegularFile.ReadAllBytes(Path.Combine(folder, CheckpointFiles.State)), CheckpointFiles.Json);
            if (state?.Files.FirstOrDefault(file => file is { Role: CheckpointRole.Online, IsSound: true }) is { } online)
                return online.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // It is no checkpoint, or a damaged one, which those who open it will find out.
        }

        return CheckpointFile.Former[0].Name;
    }

    /// <summary>Resolves `latest`, which is a link: messages should name the folder to which it leads.</summary>
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
            $"{Path.Combine(folder, name)} has format {format}; this program reads format {CheckpointState.CurrentFormat}. Use the "
                + "version that wrote it.");
    }

    // First the manifest, then the file that it vouches for first: state.json says which other files there must be.
    private static (CheckpointManifest Manifest, CheckpointState State) Begin(string folder)
    {
        var manifest = Json<CheckpointManifest>(folder, CheckpointFiles.Manifest);
        CheckFormat(folder, CheckpointFiles.Manifest, manifest.Format);
        CheckSpelling(folder, manifest);
        CheckFile(folder, manifest, CheckpointFiles.State);
        var state = Json<CheckpointState>(folder, CheckpointFiles.State);
        CheckFormat(folder, CheckpointFiles.State, state.Format);
        if (state.Files.FirstOrDefault(file => file is not { IsSound: true }) is { } odd)
            throw Damaged(folder, $"{CheckpointFiles.State} names a file '{SafeText.Of(odd.Name)}', which is none of a checkpoint");
        if (state.Files.Any(file => file is null))
            throw Damaged(folder, $"{CheckpointFiles.State} is not what this program writes (a file without a name)");
        var wanted = state.Files.Select(file => file.Name).Append(CheckpointFiles.State).Order(StringComparer.Ordinal);
        if (!wanted.SequenceEqual(Listed(manifest))) throw NotACheckpoint(folder, manifest);
        return (manifest, Upgraded(state));
    }

    // In a checkpoint from before the architecture stated the padding, its run's setting did. Before that setting there were only zeros.
    private static CheckpointState Upgraded(CheckpointState state) => state.Architecture.Padding is not null
        ? state
        : state with { Architecture = state.Architecture with { Padding = state.Settings.GetValueOrDefault(FormerPadding) ?? "zeros" } };

    // No other file vouches for the manifest's bytes: they must be those that are written for what they say.
    private static void CheckSpelling(string folder, CheckpointManifest manifest)
    {
        var written = JsonSerializer.SerializeToUtf8Bytes(manifest, CheckpointFiles.Json);
        if (!RegularFile.ReadAllBytes(Path.Combine(folder, CheckpointFiles.Manifest)).AsSpan().SequenceEqual(written))
            throw Damaged(folder, $"{CheckpointFiles.Manifest} is not what this program writes (it says the same in other bytes)");
    }

    private static void CheckFile(string folder, CheckpointManifest manifest, string name)
    {
        var file = manifest.Files.FirstOrDefault(entry => entry?.Name == name) ?? throw NotACheckpoint(folder, manifest);
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw Damaged(folder, $"{name} is missing");
        using var stream = RegularFile.OpenRead(path);
        if (stream.Length != file.Bytes) throw Damaged(folder, $"{name} has {stream.Length} bytes instead of {file.Bytes}");
        if (Convert.ToHexStringLower(SHA256.HashData(stream)) != file.Sha256)
            throw Damaged(folder, $"{name} is not what was written (its SHA-256 differs from {CheckpointFiles.Manifest})");
    }

    private static CheckpointException NotACheckpoint(string folder, CheckpointManifest manifest) =>
        Damaged(folder, $"{CheckpointFiles.Manifest} lists {string.Join(", ", Listed(manifest))}, not the files of a checkpoint");

    private static string[] Listed(CheckpointManifest manifest) =>
        [.. manifest.Files.Select(f => f?.Name ?? "").Order(StringComparer.Ordinal)];

    private static List<SnapshotTensor> Tensors(string folder, IReadOnlyList<CheckpointFile> files)
    {
        var tensors = new List<SnapshotTensor>();
        foreach (var (name, prefix, _) in files)
        {
            using var file = SafeTensorsReader.Open(Path.Combine(folder, name));
            foreach (var entry in file.Entries)
                tensors.Add(new SnapshotTensor(prefix + entry.Name, entry.Shape, FloatTensors.Read(file, entry)));
        }

        return tensors;
    }

    private static T Guarded<T>(string folder, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is SafeTensorsException or ArgumentException)
        {
            throw Damaged(folder, e.Message.TrimEnd('.'), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(folder, $"a file cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static CheckpointException Damaged(string folder, string what, Exception? inner = null) =>
        new(folder, $"The checkpoint {folder} cannot be used: {what}.{Earlier(folder)}", inner: inner);

    /// <summary>Returns the remedy: the other checkpoints of that run, newest first.</summary>
    private static string Earlier(string folder)
    {
        try
        {
            var parent = Path.GetDirectoryName(folder.TrimEnd('/'));
            if (parent is null || !Directory.Exists(parent)) return " Check the path.";
            var others = CheckpointStore.StepsIn(parent)
                .Select(CheckpointFiles.FolderOf)
                .Where(name => name != Path.GetFileName(folder))
                .Take(3)
                .ToArray();
            return others.Length == 0
                ? $" There is no other checkpoint in {parent}: start the run again."
                : $" Use another checkpoint of {parent}: {string.Join(", ", others)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
