using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>
/// Resolves assignments to values. A substitution sees the final value of its key, wherever that was assigned; inside its own key's value
/// it sees the key's earlier value (<c>path = ${path}":more"</c>). An assignment whose optional substitutions are all missing never
/// happened, so <c>a = x</c>, <c>a = ${?X}</c> keeps x. A key that exists nowhere is looked up in the environment.
/// </summary>
internal sealed class HoconResolver
{
    private readonly HoconField _root = new("");
    private readonly Func<string, string?> _environment;
    private readonly Dictionary<string, HoconValue?> _known = [];
    private readonly List<string> _inProgress = [];
    private int _depth;
    private int _work;

    private HoconResolver(IEnumerable<ObjectNode> documents, Func<string, string?> environment)
    {
        _root.Entries.AddRange(documents);
        _environment = environment;
    }

    /// <summary>Returns the values of some documents merged, later ones over earlier ones.</summary>
    /// <param name="documents">Parsed files and overrides, the strongest last.</param>
    /// <param name="environment">Returns the value of an environment variable, or null.</param>
    /// <exception cref="HoconException">A substitution has no value, there is a cycle, or values cannot be joined.</exception>
    public static HoconObject Resolve(IEnumerable<ObjectNode> documents, Func<string, string?> environment)
    {
        var resolver = new HoconResolver(documents, environment);
        return resolver.Fold(resolver.RootCandidates()) as HoconObject ?? new HoconObject([], HoconOrigin.Of("nothing"));
    }

    // The assignments inside which a node stands, innermost first. Structural, and so independent of who asks.
    private sealed record Scope(Scope? Outer, HoconField Field, int Entry);

    // An assignment to a key: parsed, within its scope, or (from inside a resolved object) already a value.
    private readonly record struct Candidate(HoconNode? Node, Scope? Scope, HoconValue? Value);

    private List<Candidate> RootCandidates()
    {
        var candidates = new List<Candidate>();
        AddEntries(candidates, _root, null, _root.Entries.Count);
        return candidates;
    }

    private static void AddEntries(List<Candidate> candidates, HoconField field, Scope? outer, int below)
    {
        for (var i = below - 1; i >= 0; i--) candidates.Add(new Candidate(field.Entries[i], new Scope(outer, field, i), null));
    }

    // Returns the value of a key from its assignments, strongest first: the first that has a value, or all objects above the first that is
    // no object.
    private HoconValue? Fold(List<Candidate> candidates)
    {
        var value = Layers(candidates, out var layers);
        return value ?? (layers.Count > 0 ? Merge(layers) : null);
    }

    private HoconValue? Layers(List<Candidate> candidates, out List<Candidate> layers)
    {
        layers = [];
        foreach (var candidate in candidates)
        {
            if (candidate.Node is ObjectNode)
            {
                layers.Add(candidate);
                continue;
            }

            var value = candidate.Value ?? Evaluate(candidate.Node!, candidate.Scope!);
            if (value is HoconObject) layers.Add(new Candidate(null, null, value));
            else if (value is not null && layers.Count == 0) return value;
            else if (value is not null) break;
        }

        return null;
    }

    private HoconObject Merge(List<Candidate> layers)
    {
        Enter(Origin(layers[0]));
        var keys = new OrderedDictionary<string, bool>();
        foreach (var layer in Enumerable.Reverse(layers))
        {
            foreach (var key in Keys(layer)) keys.TryAdd(key, true);
        }

        var fields = new List<KeyValuePair<string, HoconValue>>(keys.Count);
        foreach (var key in keys.Keys)
        {
            if (Fold(Assignments(layers, key, viewer: null, out _)) is { } value) fields.Add(new(key, value));
        }

        _depth--;
        return new HoconObject(fields, Origin(layers[0]));
    }

    private static HoconOrigin Origin(Candidate layer) => layer.Node?.Origin ?? layer.Value!.Origin;

    private static IEnumerable<string> Keys(Candidate layer) =>
        layer.Node is ObjectNode node ? node.Fields.Select(f => f.Key) : ((HoconObject)layer.Value!).Fields.Select(f => f.Key);

    // Returns everything assigned to a key in some layers, strongest first. If the viewer is inside one of these assignments, only what is
    // below that one.
    private static List<Candidate> Assignments(List<Candidate> layers, string key, Scope? viewer, out bool lookedBack)
    {
        lookedBack = false;
        var candidates = new List<Candidate>();
        foreach (var layer in layers)
        {
            if (layer.Node is ObjectNode node)
            {
                if (node.Find(key) is not { } field) continue;
                var below = field.Entries.Count;
                if (EntryAround(viewer, field) is { } entry)
                {
                    candidates.Clear();
                    lookedBack = true;
                    below = entry;
                }

                AddEntries(candidates, field, layer.Scope, below);
            }
            else if (((HoconObject)layer.Value!)[key] is { } value)
            {
                candidates.Add(new Candidate(null, null, value));
            }
        }

        return candidates;
    }

    private static int? EntryAround(Scope? viewer, HoconField field)
    {
        for (; viewer is not null; viewer = viewer.Outer)
        {
            if (ReferenceEquals(viewer.Field, field)) return viewer.Entry;
        }

        return null;
    }

    private HoconValue? Lookup(IReadOnlyList<string> path, Scope viewer, HoconOrigin origin)
    {
        Enter(origin);
        var candidates = RootCandidates();
        var lookedBack = false;
        for (var i = 0; i < path.Count && candidates.Count > 0; i++)
        {
            Layers(candidates, out var layers);
            candidates = Assignments(layers, path[i], i == path.Count - 1 ? viewer : null, out lookedBack);
        }

        var value = lookedBack ? Fold(candidates) : FinalValue(HoconPath.Render(path), candidates, origin);
        _depth--;
        return value;
    }

    private HoconValue? FinalValue(string path, List<Candidate> candidates, HoconOrigin origin)
    {
        if (candidates.Count == 0) return null;
        if (_known.TryGetValue(path, out var known)) return known;
        if (_inProgress.Contains(path))
        {
            var chain = string.Join(" → ", [.. _inProgress.SkipWhile(p => p != path), path]);
            throw new HoconException(origin, $"keys refer to each other in a cycle: {chain}. Give one of them a value of its own.");
        }

        _inProgress.Add(path);
        var value = Fold(candidates);
        _inProgress.RemoveAt(_inProgress.Count - 1);
        _known[path] = value;
        return value;
    }

    private HoconValue? Evaluate(HoconNode node, Scope scope)
    {
        Enter(node.Origin);
        HoconValue? value = node switch
        {
            LiteralNode literal => literal.Value,
            ArrayNode array => new HoconArray([.. array.Items.Select(i => Evaluate(i, scope)).OfType<HoconValue>()], array.Origin),
            ObjectNode => Merge([new Candidate(node, scope, null)]),
            SubstitutionNode substitution => Substitute(substitution, scope),
            ConcatenationNode concatenation => Concatenate(concatenation, scope),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };
        CheckWeight(value?.Weight ?? 0, node.Origin);
        _depth--;
        return value;
    }

    private HoconValue? Substitute(SubstitutionNode node, Scope scope)
    {
        var value = node.Prefix.Count > 0 ? Lookup([.. node.Prefix, .. node.Path], scope, node.Origin) : null;
        value ??= Lookup(node.Path, scope, node.Origin);
        if (value is not null) return value;
        var name = string.Join('.', node.Path);
        if (_environment(name) is { } text) return new HoconScalar(text, false, HoconOrigin.Of($"environment variable {name}"));
        if (node.Optional) return null;
        throw new HoconException(
            node.Origin,
            $"${{{name}}} has no value: there is no such key (or none before its own value) and no such environment variable. Give it "
                + $"one, or write ${{?{name}}} if it may be missing.");
    }

    private HoconValue? Concatenate(ConcatenationNode node, Scope scope)
    {
        var values = node.Parts.Select(p => (IsSpace: p is LiteralNode { IsSpace: true }, Value: Evaluate(p, scope))).ToList();
        var solid = values.Where(v => !v.IsSpace && v.Value is not null).Select(v => v.Value!).ToList();
        if (solid.Count == 0) return null;
        if (solid.All(v => v is HoconObject))
        {
            return Merge([.. Enumerable.Reverse(solid).Select(v => new Candidate(null, null, v))]);
        }

        if (solid.All(v => v is HoconArray))
        {
            CheckWeight(solid.Sum(v => v.Weight), node.Origin);
            return new HoconArray([.. solid.SelectMany(v => ((HoconArray)v).Items)], node.Origin);
        }

        if (solid.Any(v => v is not HoconScalar))
        {
            throw new HoconException(
                node.Origin, "texts, arrays and objects cannot be joined with each other; is a comma or a new line missing?");
        }

        return Join(values.Select(v => (v.Value as HoconScalar)?.Text), solid[0].Origin);
    }

    private static HoconScalar Join(IEnumerable<string?> texts, HoconOrigin origin)
    {
        var joined = new StringBuilder();
        foreach (var text in texts)
        {
            joined.Append(text);
            if (joined.Length > HoconLimits.TextLength)
                throw new HoconException(origin, $"this text grows beyond {HoconLimits.TextLength} characters.");
        }

        return new HoconScalar(joined.ToString(), false, origin);
    }

    private static void CheckWeight(long weight, HoconOrigin origin)
    {
        if (weight > HoconLimits.Weight) throw Multiplying(origin);
    }

    private static HoconException Multiplying(HoconOrigin origin) => new(origin, "substitutions multiply beyond all bounds.");

    private void Enter(HoconOrigin origin)
    {
        if (++_work > HoconLimits.ResolutionWork) throw Multiplying(origin);
        if (++_depth > HoconLimits.ResolutionDepth)
            throw new HoconException(
                origin, $"substitutions and objects are nested more than {HoconLimits.ResolutionDepth} levels deep.");
    }
}
