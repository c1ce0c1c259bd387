namespace CACL.Learning.Networks;

/// <summary>What stands between a head's first layer and its ReLU.</summary>
public enum HeadNormalisation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Batch normalisation, in the same groups of samples as the backbone's.</summary>
    Batch,
}

/// <summary>
/// A head: 1×1 convolution to <paramref name="Hidden"/> channels, ReLU, 1×1 convolution to <paramref name="Output"/> channels, both with
/// bias. Its tensors are called <c>head_NAME.0.weight</c> and so on, numbered as PyTorch's Sequential numbers its parts.
/// </summary>
/// <param name="Name">One word, unique among a network's heads.</param>
/// <param name="Hidden">Channels between its two layers; 0: it is a single layer.</param>
/// <param name="Output">Channels that it gives a position.</param>
public sealed record HeadSpec(string Name, int Hidden, int Output)
{
    /// <summary>Channels that it takes; null: the backbone's. A predictor takes the output of the projector before it.</summary>
    public int? Input { get; init; }

    /// <summary>What stands between its first layer and its ReLU. None in a head of a single layer.</summary>
    public HeadNormalisation Normalisation { get; init; }

    /// <summary>What its tensors' names begin with, before a dot.</summary>
    public string Prefix => $"head_{Name}";

    /// <summary>Its normalisation's name; only where it has one.</summary>
    internal string NormalisationLayer => $"{Prefix}.1";

    /// <summary>Its second layer's name; only where it has two.</summary>
    internal string LastLayer => Normalisation == HeadNormalisation.None ? $"{Prefix}.2" : $"{Prefix}.3";

    /// <summary>Its first layer's name.</summary>
    internal string FirstLayer => $"{Prefix}.0";

    /// <summary>Names and shapes of its tensors on a backbone that gives so many channels.</summary>
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
