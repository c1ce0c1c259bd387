using System.Text.Json;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>Describes for people how two measurements differ.</summary>
internal static class ManifestDifference
{
    private const int MostNamed = 6;
    private const int LongestValue = 40;

    /// <summary>
    /// Returns the differences in data set and protocol, such as <c>protocol.epochs is 20, not 10</c>; empty if there are none.
    /// </summary>
    public static string Between(EvaluationResult first, EvaluationResult other)
    {
        var found = new List<string>();
        foreach (var part in new[] { "dataset", "protocol" }) Compare(part, first.Manifest(part), other.Manifest(part), found);
        return found.Count <= MostNamed
            ? string.Join("; ", found)
            : $"{string.Join("; ", found.Take(MostNamed))}; and {found.Count - MostNamed} more";
    }

    private static void Compare(string path, JsonElement? first, JsonElement? other, List<string> found)
    {
        if (first is { ValueKind: JsonValueKind.Object } a && other is { ValueKind: JsonValueKind.Object } b)
        {
            foreach (var name in a.EnumerateObject().Select(p => p.Name).Union(b.EnumerateObject().Select(p => p.Name)))
                Compare(
                    $"{path}.{name}", a.TryGetProperty(name, out var one) ? one : null, b.TryGetProperty(name, out var two) ? two : null,
                    found);
            return;
        }

        if (first is { } x && other is { } y && JsonElement.DeepEquals(x, y)) return;
        if (first is null && other is null) return;
        found.Add($"{path} is {Words(other)}, not {Words(first)}");
    }

    private static string Words(JsonElement? value)
    {
        var text = value?.GetRawText() ?? "missing";
        return text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
