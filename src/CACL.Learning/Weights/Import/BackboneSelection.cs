using System.Text.RegularExpressions;

namespace CACL.Learning.Weights.Import;

/// <summary>Tensors that an import skipped.</summary>
/// <param name="Why">What they are, as a phrase.</param>
/// <param name="Names">Their names in the file.</param>
public sealed record SkippedTensors(string Why, IReadOnlyList<string> Names);

/// <summary>Selects the backbone's tensors among those of a file. Looks only at names, shapes and types; reads no values.</summary>
/// <param name="Prefix">The prefix before torchvision's names.</param>
/// <param name="Used">The file's tensors by the network's names: all that the network has.</param>
/// <param name="Left">The other tensors, by reason.</param>
internal sealed partial record BackboneSelection(
    string Prefix, IReadOnlyList<KeyValuePair<string, SourceTensor>> Used, IReadOnlyList<SkippedTensors> Left)
{
    /// <summary>Selects a network's tensors among those of a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <param name="network">Names and shapes of the network.</param>
    /// <param name="prefix">The prefix before the names; null: find it.</param>
    /// <exception cref="WeightsException">The network is not in the file, is incomplete, or is there several times.</exception>
    public static BackboneSelection Of(
        string path, IReadOnlyList<SourceTensor> tensors, IReadOnlyDictionary<string, long[]> network, string? prefix)
    {
        prefix ??= Prefixed(path, tensors, network);
        var inside = tensors.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Name[prefix.Length..], StringComparer.Ordinal);
        Check(path, prefix, inside, network);
        return new BackboneSelection(
            prefix, [.. network.Keys.Select(name => KeyValuePair.Create(name, inside[name]))], [.. Leave(tensors, prefix, network)]);
    }

    private static string Prefixed(string path, IReadOnlyList<SourceTensor> tensors, IReadOnlyDictionary<string, long[]> network) =>
        NamePrefix.Find(tensors.Select(t => t.Name), [.. network.Keys]) switch
        {
            [var only] => only,
            [] => throw new WeightsException(
                path,
                $"{path} holds neither torchvision's ResNet-18 nor its ResNet-50: none of its {tensors.Count} tensors is the conv1.weight "
                    + "of one, "
                + $"with or without a prefix{Like(tensors)}. "
                + "This program knows these two; if they have other names, say with --prefix what precedes conv1.weight."),
            var several => throw new WeightsException(
                path,
                $"{path} holds several networks, under {string.Join(", ", several.Take(8).Select(p => $"'{SafeText.Of(p)}'"))}. Say with "
                    + "--prefix which one to take."),
        };

    private static string Like(IReadOnlyList<SourceTensor> tensors) =>
        tensors.Count == 0 ? "" : $" (they are called like {string.Join(", ", tensors.Take(3).Select(t => SafeText.Of(t.Name)))})";

    private static void Check(
        string path, string prefix, Dictionary<string, SourceTensor> inside, IReadOnlyDictionary<string, long[]> network)
    {
        var faults = new List<string>();
        Add("are missing", network.Keys.Where(name => !inside.ContainsKey(name)).Select(SafeText.Of));
        Add("belong to another backbone", inside.Keys.Where(name => !network.ContainsKey(name) && IsBackbone(name)).Select(SafeText.Of));
        var present = network.Where(n => inside.ContainsKey(n.Key))
            .Select(n => (Name: n.Key, Wanted: n.Value, Found: inside[n.Key]))
            .ToArray();
        Add("have another shape", present.Where(t => !t.Wanted.SequenceEqual(t.Found.Shape))
            .Select(t => $"{t.Name} is [{string.Join(", ", t.Found.Shape)}] instead of [{string.Join(", ", t.Wanted)}]"));
        Add(
            "are not of a float type",
            present.Where(t => FloatTensors.Number(t.Found.Type) is null).Select(t => $"{t.Name} is {t.Found.Type}"));
        if (faults.Count == 0) return;
        var under = prefix.Length == 0 ? "" : $" under '{SafeText.Of(prefix)}'";
        throw new WeightsException(
            path,
            $"What {path} holds{under} is neither torchvision's ResNet-18 nor its ResNet-50: of {network.Count} tensors "
                + $"{string.Join("; ", faults)}. "
            + "This program knows these two; if another part of the file is meant, say which with --prefix.");

        void Add(string what, IEnumerable<string> which)
        {
            var all = which.ToArray();
            if (all.Length > 0) faults.Add($"{all.Length} {what} ({string.Join(", ", all.Take(3))}{(all.Length > 3 ? ", …" : "")})");
        }
    }

    private static IEnumerable<SkippedTensors> Leave(
        IReadOnlyList<SourceTensor> tensors, string prefix, IReadOnlyDictionary<string, long[]> network) =>
        tensors.Select(t => t.Name)
            .Where(name => !(name.StartsWith(prefix, StringComparison.Ordinal) && network.ContainsKey(name[prefix.Length..])))
            .GroupBy(name => Why(name, prefix))
            .Select(group => new SkippedTensors(group.Key, [.. group]));

    private static string Why(string name, string prefix)
    {
        if (name.StartsWith(prefix, StringComparison.Ordinal) && !(prefix.Length == 0 && IsElsewhere(name)))
        {
            var inner = name[prefix.Length..];
            if (inner.EndsWith(".num_batches_tracked", StringComparison.Ordinal)) return "counts of batches";
            return inner.StartsWith("fc.", StringComparison.Ordinal) ? "classifier or projection head" : "not part of the backbone";
        }

        var path = name.Split('.');
        if (path.Any(part => part is "optimizer" or "optimizers" or "optimizer_states")) return "state of the optimiser";
        if (NamePrefix.IsFollower(name)) return "momentum network";
        return path.Any(part => part is "queue" or "queue_ptr") ? "queue of negatives" : "not part of the network taken";
    }

    private static bool IsElsewhere(string name) =>
        NamePrefix.IsFollower(name) || name.StartsWith("optimizer", StringComparison.Ordinal) || name is "queue" or "queue_ptr";

    private static bool IsBackbone(string name) =>
        BackbonePart().IsMatch(name) && !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    [GeneratedRegex(@"^(conv1|bn1|layer\d+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex BackbonePart();
}
