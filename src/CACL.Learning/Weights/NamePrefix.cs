namespace CACL.Learning.Weights;

/// <summary>
/// Finds the prefix under which a file of weights contains a network: other programs put <c>module.encoder_q.</c>, <c>state_dict.</c>,
/// <c>backbone_</c> and the like before torchvision's names.
/// </summary>
internal static class NamePrefix
{
    // Prefixes are looked for before the network's first tensor.
    private const string First = "conv1.weight";

    // A file has a handful of prefixes; a hostile one must not make the search quadratic.
    private const int CandidateLimit = 64;

    // Programs' names for the momentum network.
    private static readonly HashSet<string> Followers = new(StringComparer.Ordinal)
    {
        "encoder_k", "key_encoder", "encoder_key", "momentum_encoder", "encoder_momentum", "momentum_backbone", "backbone_momentum",
        "teacher", "teacher_backbone", "ema", "model_ema", "ema_model", "state_dict_ema", "target", "target_encoder", "target_network",
    };

    /// <summary>
    /// Returns the prefixes under which most of a network's tensors are found: none, one, or several that are equally good. A momentum
    /// network is named only where there is no other.
    /// </summary>
    /// <param name="names">Names in the file.</param>
    /// <param name="network">Names of the network.</param>
    public static IReadOnlyList<string> Find(IEnumerable<string> names, IReadOnlyCollection<string> network)
    {
        var all = names.ToHashSet(StringComparer.Ordinal);
        var candidates = all.Where(name => name.EndsWith(First, StringComparison.Ordinal))
            .Select(name => name[..^First.Length])
            .OrderBy(prefix => prefix.Length).ThenBy(prefix => prefix, StringComparer.Ordinal)
            .Take(CandidateLimit)
            .Select(prefix => (Prefix: prefix, Found: network.Count(name => all.Contains(prefix + name))))
            .ToList();
        if (candidates.Count == 0) return [];
        var most = candidates.Max(c => c.Found);
        var best = candidates.Where(c => c.Found == most).Select(c => c.Prefix).ToList();
        // Each block of another kind of network has a conv1, too: several of those are not several networks.
        if (best.Count > 1 && most < network.Count / 2.0) return [];
        var leaders = best.Where(prefix => !IsFollower(prefix)).ToList();
        return leaders.Count > 0 ? leaders : best;
    }

    /// <summary>Returns whether a prefix is that of a momentum network, which follows the one being trained.</summary>
    public static bool IsFollower(string prefix) => prefix.Split('.').Any(part => Followers.Contains(part.TrimEnd('_')));
}
