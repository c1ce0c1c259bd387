using System.Text.RegularExpressions;
using CACL.Learning.Networks;

namespace CACL.Learning.Weights;

/// <summary>Detects the heads in a file: whatever method trained them, the names and shapes of their tensors say what they are.</summary>
internal static partial class HeadDetection
{
    /// <summary>Returns the heads in a file.</summary>
    /// <param name="file">The file; its tensors may have a prefix before torchvision's names.</param>
    /// <param name="channels">Channels of the backbone's output.</param>
    /// <param name="order">Names of heads in their method's order; heads that are not among them come last, by name.</param>
    public static IReadOnlyList<HeadSpec> HeadsIn(SafeTensorsReader file, int channels, IReadOnlyList<string> order)
    {
        var heads = new List<HeadSpec>();
        foreach (var tensor in file.Entries)
        {
            if (FirstWeight().Match(tensor.Name) is not { Success: true } found || Width(tensor, 1) is not { } input
                || Width(tensor, 0) is not { } first)
                continue;
            var (prefix, name) = (found.Groups["prefix"].Value, found.Groups["name"].Value);
            var normalised = file.Find($"{prefix}.1.weight") is not null;
            var last = Width(file.Find($"{prefix}.{(normalised ? 3 : 2)}.weight"), 0);
            heads.Add(new HeadSpec(name, last is null ? 0 : first, last ?? first)
            {
                Input = input == channels ? null : input,
                Normalisation = normalised && last is not null ? HeadNormalisation.Batch : HeadNormalisation.None,
            });
        }

        // Several networks in one file have heads with the same names.
        return [.. heads.DistinctBy(head => head.Name).OrderBy(head => Place(head.Name)).ThenBy(head => head.Name, StringComparer.Ordinal)];

        int Place(string name) => order.TakeWhile(known => known != name).Count();
    }

    private static int? Width(SafeTensorsEntry? tensor, int dimension) =>
        tensor is { Shape.Length: 4 } && tensor.Shape[dimension] is > 0 and <= int.MaxValue and var width ? (int)width : null;

    [GeneratedRegex(@"^(?<prefix>(?:.*\.)?head_(?<name>[^.]+))\.0\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstWeight();
}
