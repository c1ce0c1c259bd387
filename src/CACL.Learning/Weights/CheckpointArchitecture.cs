
namespace CACL.Learning.Weights;

/// <summary>
/// The architecture, which decides the names and shapes of a checkpoint's tensors, and what its networks compute with them.
/// </summary>
/// <param name="Backbone">resnet18 or resnet50.</param>
/// <param name="Heads">Names of the heads, comma-separated in the method's order; empty for none.</param>
/// <param name="QueueSize">Number of rows K of each queue whose head has no size of its own; the settings name those.</param>
/// <param name="Dimension">Length D of a head's vectors.</param>
/// <param name="Padding">Padding of the backbone's convolutions: zeros or reflect. Null: not stated, which means zeros.</param>
/// <param name="Method">The method's word; null: cacl.</param>
public sealed record CheckpointArchitecture(
    string Backbone, string Heads, int QueueSize, int Dimension, string? Padding = null, string? Method = null)
{
    /// <summary>The names in <see cref="Heads"/>.</summary>
    internal IReadOnlyList<string> HeadNames => NamesOf(Heads);

    /// <summary>Returns the names in a comma-separated list.</summary>
    internal static IReadOnlyList<string> NamesOf(string heads) => heads.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Returns a line for each part in which a checkpoint of this architecture differs from what a run needs; none where they are equal.
    /// </summary>
    public IReadOnlyList<string> DifferencesFrom(CheckpointArchitecture wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var lines = new List<string>();
        Compare("method", Method ?? "cacl", wanted.Method ?? "cacl");
        Compare("backbone", Backbone, wanted.Backbone);
        Compare("heads", Heads, wanted.Heads);
        Compare("queue size", QueueSize, wanted.QueueSize);
        Compare("dimension", Dimension, wanted.Dimension);
        Compare("padding", Padding ?? "zeros", wanted.Padding ?? "zeros");
        return lines;

        void Compare<T>(string what, T here, T there)
        {
            if (!Equals(here, there)) lines.Add($"{what}: checkpoint {here}, run {there}");
        }
    }
}
