using CACL.Data.Wording;


namespace CACL.Learning.Weights;

/// <summary>Weights that initialise a new run.</summary>
/// <param name="Path">The file from which they were read.</param>
/// <param name="Tensors">The tensors in float32, with the network's names (torchvision's, and head_*): the whole backbone, and each head
/// that the file contains.</param>
/// <param name="Notes">Sentences for the log: what the file contains and was not used, and what the network has and was not in the
/// file.</param>
public sealed record InitialWeights(string Path, IReadOnlyList<SnapshotTensor> Tensors, IReadOnlyList<string> Notes);

/// <summary>
/// Reads weights for <c>--init-from</c>: a checkpoint's query.safetensors (or its folder), or a ResNet's weights with torchvision's names,
/// with or without heads and <c>fc</c>, of any float type.
/// </summary>
public static class WeightsFile
{
    /// <summary>Reads a file and checks it against the network's tensors.</summary>
    /// <param name="path">A safetensors file, or a checkpoint's folder.</param>
    /// <param name="network">Shapes, by name, of all parameters and running statistics of the network that will take them.</param>
    /// <exception cref="WeightsException">The file cannot be read or does not fit; the message says how many tensors are missing, unknown
    /// or of another shape, and names the first few.</exception>
    public static InitialWeights LoadInitial(string path, IReadOnlyDictionary<string, long[]> network)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(network);
        var file = Directory.Exists(path) ? Path.Combine(path, CheckpointReader.OnlineName(path)) : path;
        if (!File.Exists(file)) throw new WeightsException(file, $"There is no file {file} with weights to start from. Check the name.");
        try
        {
            using var reader = SafeTensorsReader.Open(file);
            return Fit(reader, network);
        }
        catch (SafeTensorsException e)
        {
            throw new WeightsException(file, $"The weights cannot be read: {e.Message} "
                + $"{TorchFormats.Remedy(file) ?? "Name a .safetensors file with torchvision's names, or a checkpoint's folder."}", e);
        }
    }

    private static InitialWeights Fit(SafeTensorsReader reader, IReadOnlyDictionary<string, long[]> network)
    {
        var prefix = Prefix(reader, network);
        var found = reader.Entries.Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(e => e.Name[prefix.Length..]);
        var notes = new List<string>();
        if (found.Count < reader.Entries.Count)
            notes.Add($"{reader.Entries.Count - found.Count} tensors without the prefix '{prefix}' are not used");
        if (prefix.Length > 0) notes.Add($"its names carry the prefix '{prefix}', which is dropped");

        LeaveOut(found, notes, name => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal), "counts of batches");
        LeaveOut(found, notes, name => name.StartsWith("fc.", StringComparison.Ordinal), "the classifier");
        LeaveOut(found, notes, name => IsHead(name) && !network.ContainsKey(name), "heads that are off");

        var absentHeads = network.Keys.Where(IsHead)
            .GroupBy(HeadOf)
            .Where(head => !head.Any(found.ContainsKey))
            .Select(head => head.Key)
            .ToHashSet();
        if (absentHeads.Count > 0)
            notes.Add($"it does not hold {string.Join(", ", absentHeads.Order(StringComparer.Ordinal))}, which keep their random start");

        Check(reader.Path, found, network.Where(p => !IsHead(p.Key) || !absentHeads.Contains(HeadOf(p.Key))).ToDictionary());
        var tensors = found.Select(p => new SnapshotTensor(p.Key, p.Value.Shape, FloatTensors.Read(reader, p.Value))).ToArray();
        return new InitialWeights(reader.Path, tensors, notes);
    }

    private static string Prefix(SafeTensorsReader reader, IReadOnlyDictionary<string, long[]> network)
    {
        var prefixes = NamePrefix.Find(reader.Entries.Select(e => e.Name), [.. network.Keys]);
        if (prefixes.Count <= 1) return prefixes.Count == 1 ? prefixes[0] : "";
        throw new WeightsException(
            reader.Path,
            $"{reader.Path} holds several networks, under {string.Join(", ", prefixes.Take(8).Select(p => $"'{SafeText.Of(p)}'"))}. "
            + $"Extract the one you mean: {CommandLines.Import} FILE --prefix PREFIX --out init.safetensors.");
    }

    private static void Check(string path, Dictionary<string, SafeTensorsEntry> found, Dictionary<string, long[]> network)
    {
        var missing = network.Keys.Where(name => !found.ContainsKey(name)).ToArray();
        var unknown = found.Keys.Where(name => !network.ContainsKey(name)).ToArray();
        var misshapen = found.Where(p => network.TryGetValue(p.Key, out var shape) && !shape.SequenceEqual(p.Value.Shape))
            .Select(p => $"{p.Key} is [{string.Join(", ", p.Value.Shape)}] instead of [{string.Join(", ", network[p.Key])}]").ToArray();
        var faults = new List<string>();
        if (missing.Length > 0) faults.Add($"{missing.Length} of {network.Count} tensors are missing ({FirstFew(missing)})");
        if (unknown.Length > 0) faults.Add($"{unknown.Length} are unknown to it ({FirstFew(unknown)})");
        if (misshapen.Length > 0) faults.Add($"{misshapen.Length} have another shape ({FirstFew(misshapen)})");
        if (faults.Count == 0) return;
        throw new WeightsException(
            path,
            $"The weights of {path} do not fit the network: {string.Join("; ", faults)}. "
            + "Choose the backbone that they belong to, or a file with torchvision's names.");
    }

    private static void LeaveOut(Dictionary<string, SafeTensorsEntry> found, List<string> notes, Func<string, bool> which, string what)
    {
        var names = found.Keys.Where(which).ToArray();
        foreach (var name in names) found.Remove(name);
        if (names.Length > 0) notes.Add($"{what} in it are not used ({FirstFew(names)})");
    }

    private static string FirstFew(string[] names) =>
        names.Length <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))}, …";

    private static bool IsHead(string name) => name.StartsWith("head_", StringComparison.Ordinal);

    private static string HeadOf(string name) => name.Split('.')[0];
}
