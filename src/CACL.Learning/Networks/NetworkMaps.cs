namespace CACL.Learning.Networks;

/// <summary>Computes how large the feature maps of a backbone are, before a tensor exists.</summary>
public static class NetworkMaps
{
    /// <summary>
    /// Returns how many numbers a view's backward pass needs at least: the output of each convolution, which its normalisation keeps, and
    /// what the next convolution starts from. Heads and losses come on top.
    /// </summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="side">Side S of a view, pixels; a multiple of 8.</param>
    public static long KeptForBackward(Backbone backbone, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 8);
        var area = (long)(side / 2) * (side / 2);
        var outputs = 64 * area;
        area = (long)(side / 4) * (side / 4);
        foreach (var block in ResNetPlan.Blocks(backbone))
        {
            var before = area;
            area /= block.Stride * block.Stride;
            outputs += ResNetPlan.HasBottlenecks(backbone)
                ? (block.Planes * before) + ((block.Planes + block.Output) * area)
                : 2 * block.Planes * area;
            if (block.HasDownsample) outputs += block.Output * area;
        }

        return 2 * outputs;
    }
}
