namespace CACL.Learning.Networks;

/// <summary>One residual block.</summary>
/// <param name="Name">torchvision's, such as <c>layer3.0</c>.</param>
/// <param name="Input">Input channels.</param>
/// <param name="Planes">Channels of its 3×3 convolutions.</param>
/// <param name="Output">Output channels.</param>
/// <param name="Stride">Stride of its first 3×3 convolution and of the shortcut.</param>
/// <param name="Dilation">Dilation of its 3×3 convolutions.</param>
/// <param name="HasDownsample">Whether the shortcut is a 1×1 convolution with normalisation.</param>
internal sealed record BlockPlan(string Name, int Input, int Planes, int Output, int Stride, int Dilation, bool HasDownsample);

/// <summary>
/// The backbones with output stride 8 (METHOD.md §4): torchvision's structure, with stages 3 and 4 dilated instead of strided.
/// </summary>
internal static class ResNetPlan
{
    /// <summary>Returns whether blocks are bottlenecks (1×1, 3×3, 1×1) rather than two 3×3 convolutions.</summary>
    public static bool HasBottlenecks(Backbone backbone) => backbone == Backbone.ResNet50;

    /// <summary>Returns the channels C of the output.</summary>
    public static int Channels(Backbone backbone) => 512 * Expansion(backbone);

    /// <summary>Returns all blocks in order.</summary>
    public static IEnumerable<BlockPlan> Blocks(Backbone backbone)
    {
        int[] counts = backbone == Backbone.ResNet50 ? [3, 4, 6, 3] : [2, 2, 2, 2];
        var input = 64;
        var dilation = 1;
        for (var stage = 0; stage < 4; stage++)
        {
            var planes = 64 << stage;
            var output = planes * Expansion(backbone);
            // The first block of a stage keeps the dilation of the stage before; the other blocks have the new one.
            var firstDilation = dilation;
            if (stage >= 2) dilation *= 2;
            var firstStride = stage == 1 ? 2 : 1;
            for (var block = 0; block < counts[stage]; block++)
            {
                var stride = block == 0 ? firstStride : 1;
                yield return new BlockPlan(
                    $"layer{stage + 1}.{block}",
                    input,
                    planes,
                    output,
                    stride,
                    block == 0 ? firstDilation : dilation,
                    block == 0 && (stride != 1 || input != output));
                input = output;
            }
        }
    }

    private static int Expansion(Backbone backbone) => HasBottlenecks(backbone) ? 4 : 1;
}
