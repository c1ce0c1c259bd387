using CACL.Learning.Methods.Cacl;

namespace CACL.Learning.Networks;

/// <summary>A named tensor of a network.</summary>
/// <param name="Name">torchvision's name; heads as METHOD.md §4 names them.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="IsStatistic">Whether it is a running mean or variance and not a parameter.</param>
public sealed record NetworkTensor(string Name, long[] Shape, bool IsStatistic)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>Names and shapes of all tensors of a network, in the network's order.</summary>
public static class NetworkShapes
{
    /// <summary>Width D of a head's output.</summary>
    public const int HeadWidth = 128;

    /// <summary>The heads that are on in <paramref name="heads"/>, in the order of the paper.</summary>
    public static IEnumerable<Heads> Each(Heads heads) =>
        new[] { Heads.Global, Heads.Pixel, Heads.Cycle }.Where(head => heads.HasFlag(head));

    /// <summary><c>global</c>, <c>pixel</c> or <c>cycle</c>.</summary>
    /// <exception cref="ArgumentException">None or several heads.</exception>
    public static string NameOf(Heads head) => head switch
    {
        Heads.Global => "global",
        Heads.Pixel => "pixel",
        Heads.Cycle => "cycle",
        _ => throw new ArgumentException($"{head} is not one head.", nameof(head)),
    };

    /// <summary>Channels C of a backbone's output: 512 or 2048.</summary>
    public static int Channels(Backbone backbone) => ResNetPlan.Channels(backbone);

    /// <summary>All tensors of a backbone and these heads.</summary>
    public static IReadOnlyList<NetworkTensor> Of(Backbone backbone, Heads heads)
    {
        var tensors = new List<NetworkTensor>();
        void Convolution(string name, params long[] shape) => tensors.Add(new NetworkTensor($"{name}.weight", shape, false));
        void Normalisation(string name, long channels)
        {
            tensors.Add(new NetworkTensor($"{name}.weight", [channels], false));
            tensors.Add(new NetworkTensor($"{name}.bias", [channels], false));
            tensors.Add(new NetworkTensor($"{name}.running_mean", [channels], true));
            tensors.Add(new NetworkTensor($"{name}.running_var", [channels], true));
        }

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

        var channels = ResNetPlan.Channels(backbone);
        foreach (var head in Each(heads).Select(NameOf))
        {
            Convolution($"head_{head}.0", channels, channels, 1, 1);
            tensors.Add(new NetworkTensor($"head_{head}.0.bias", [channels], false));
            Convolution($"head_{head}.2", HeadWidth, channels, 1, 1);
            tensors.Add(new NetworkTensor($"head_{head}.2.bias", [HeadWidth], false));
        }

        return tensors;
    }
}
