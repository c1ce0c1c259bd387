using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;

namespace CACL.Learning.Weights;

/// <summary>What decides the names and shapes of a checkpoint's tensors.</summary>
/// <param name="Backbone">resnet18 or resnet50.</param>
/// <param name="Heads">The heads that are on, comma-separated in the order global, pixel, cycle; empty for none.</param>
/// <param name="QueueSize">Rows K of each queue.</param>
/// <param name="Dimension">Length D of a head's vectors.</param>
public sealed record CheckpointArchitecture(string Backbone, string Heads, int QueueSize, int Dimension)
{
    /// <summary>The architecture of a run under these settings.</summary>
    public static CheckpointArchitecture Of(CaclOptions options, int dimension = 128)
    {
        ArgumentNullException.ThrowIfNull(options);
        Heads[] all = [Methods.Cacl.Heads.Global, Methods.Cacl.Heads.Pixel, Methods.Cacl.Heads.Cycle];
        var heads = all.Where(head => options.Heads.HasFlag(head)).Select(head => head.ToString().ToLowerInvariant());
        return new(options.Backbone.ToString().ToLowerInvariant(), string.Join(',', heads), options.QueueSize, dimension);
    }

    /// <summary>A line for each part in which a checkpoint of this architecture differs from what a run wants; none where they are equal.</summary>
    public IReadOnlyList<string> DifferencesFrom(CheckpointArchitecture wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var lines = new List<string>();
        Compare("backbone", Backbone, wanted.Backbone);
        Compare("heads", Heads, wanted.Heads);
        Compare("queue size", QueueSize, wanted.QueueSize);
        Compare("dimension", Dimension, wanted.Dimension);
        return lines;

        void Compare<T>(string what, T here, T there)
        {
            if (!Equals(here, there)) lines.Add($"{what}: checkpoint {here}, run {there}");
        }
    }
}
