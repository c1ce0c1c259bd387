namespace CACL.Learning.Networks;

/// <summary>The normalisation between a head's first layer and its ReLU.</summary>
public enum HeadNormalisation
{
    /// <summary>None.</summary>
    None,

    /// <summary>Batch normalisation, in the same groups of samples as the backbone's.</summary>
    Batch,
}

/// <summary>
/// A head: 1×1 convolution to <paramref name="Hidden"/> channels, ReLU, 1×1 convolution to <paramref name="Output"/> channels, both with
/// bias. Its tensors are named <c>head_NAME.0.weight</c> and so on, numbered like the modules of PyTorch's Sequential.
/// </summary>
/// <param name="Name">One word, unique among a network's heads.</param>
/// <param name="Hidden">Channels between its two layers; 0 if it is a single layer.</param>
/// <param name="Output">Output channels of each position.</param>
public sealed record HeadSpec(string Name, int Hidden, int Output)
{
    /// <summary>Input channels; null: those of the backbone. The input of a predictor is the output of the projector before it.</summary>
    public int? Input { get; init; }

    /// <summary>The normalisation between its first layer and its ReLU. A single layer has none.</summary>
    public HeadNormalisation Normalisation { get; init; }

    /// <summary>The prefix of its tensors' names, before a dot.</summary>
    public string Prefix => $"head_{Name}";

    /// <summary>Name of its normalisation, if it has one.</summary>
    internal string NormalisationLayer => $"{Prefix}.1";

    /// <summary>Name of its second layer, if it has one.</summary>
    internal string LastLayer => Normalisation == HeadNormalisation.None ? $"{Prefix}.2" : $"{Prefix}.3";

    /// <summary>Name of its first layer.</summary>
    internal string FirstLayer => $"{Prefix}.0";

    /// <summary>Returns the names and shapes of its tensors, on a backbone with so many output channels.</summary>
    internal IEnumerable<NetworkTensor> Tensors(int channels)
    {
        if (Hidden == 0 && Normalisation != HeadNormalisation.None)
            throw new ArgumentException($"The head {Name} is a single layer; normalisation stands between two.");
        var input = Input ?? channels;
        var first = Layer(FirstLayer, input, Hidden > 0 ? Hidden : Output);
        if (Hidden == 0) return first;
        var normalisation = Normalisation == HeadNormalisation.None ? [] : NetworkShapes.Normalisation(NormalisationLayer, Hidden);
        return [.. first, .. normalisation, .. Layer(LastLayer, Hidden, Output)];
    }

    private static NetworkTensor[] Layer(string name, long input, long output) =>
    [
        new($"{name}.weight", [output, input, 1, 1], false) { HeadInputs = input },
        new($"{name}.bias", [output], false) { HeadInputs = input },
    ];
}
