namespace CACL.Learning.Networks;

/// <summary>A named tensor of a network.</summary>
/// <param name="Name">torchvision's name; heads as METHOD.md §4 names them.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="IsStatistic">Whether it is a running mean or variance and not a parameter.</param>
public sealed record NetworkTensor(string Name, long[] Shape, bool IsStatistic)
{
    /// <summary>Number of its elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Number of inputs of the head's layer to which it belongs; 0 if it belongs to none.</summary>
    internal long HeadInputs { get; init; }
}

/// <summary>Names and shapes of all tensors of a network, in the network's order.</summary>
public static class NetworkShapes
{
    /// <summary>Returns the channels C of a backbone's output: 512 or 2048.</summary>
    public static int Channels(Backbone backbone) => ResNetPlan.Channels(backbone);

    /// <summary>Returns the channels between a head's two layers: as many as are wanted, or with 0 as the backbone's output has.</summary>
    internal static int HiddenChannels(Backbone backbone, int wanted) => wanted > 0 ? wanted : Channels(backbone);

    /// <summary>Returns all tensors of a backbone and its heads: the backbone's first, then the heads' in their order.</summary>
    /// <exception cref="ArgumentException">The parts of a head do not fit together.</exception>
    public static IReadOnlyList<NetworkTensor> Of(Backbone backbone, params IReadOnlyList<HeadSpec> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        var tensors = new List<NetworkTensor>();
        void Convolution(string name, params long[] shape) => tensors.Add(new NetworkTensor($"{name}.weight", shape, false));
        void Normalisation(string name, long channels) => tensors.AddRange(NetworkShapes.Normalisation(name, channels));

        Convolution("conv1", 64, 3, 7, 7);
        Normalisation("bn1", 64);
        foreach (var block in ResNetPlan.Blocks(backbone))
        {
            if (ResNetPlan.HasBottlenecks(backbone))
            {
                Convolution($"{block.Name}.conv1", block.Planes, block.Input, 1, 1);
                Normalisation($"{block.Name}.bn1", block.Planes);
                Convolution($"{block.Name}.conv2", block.Planes, block.Planes, 3, 3);
                Normalisation($"{block.Name}.bn2", block.Planes);
                Convolution($"{block.Name}.conv3", block.Output, block.Planes, 1, 1);
                Normalisation($"{block.Name}.bn3", block.Output);
            }
            else
            {
                Convolution($"{block.Name}.conv1", block.Planes, block.Input, 3, 3);
                Normalisation($"{block.Name}.bn1", block.Planes);
                Convolution($"{block.Name}.conv2", block.Planes, block.Planes, 3, 3);
                Normalisation($"{block.Name}.bn2", block.Planes);
            }

            if (!block.HasDownsample) continue;
            Convolution($"{block.Name}.downsample.0", block.Output, block.Input, 1, 1);
            Normalisation($"{block.Name}.downsample.1", block.Output);
        }

        foreach (var head in heads) tensors.AddRange(head.Tensors(ResNetPlan.Channels(backbone)));
        return tensors;
    }

    /// <summary>Returns the tensors of a batch normalisation.</summary>
    internal static NetworkTensor[] Normalisation(string name, long channels) =>
    [
        new($"{name}.weight", [channels], false),
        new($"{name}.bias", [channels], false),
        new($"{name}.running_mean", [channels], true),
        new($"{name}.running_var", [channels], true),
    ];
}
